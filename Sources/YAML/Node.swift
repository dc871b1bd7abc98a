// The YAML loader stands here.

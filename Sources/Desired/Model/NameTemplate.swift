/// A name at the destination, made of the source's: text with `{registry}`, `{repository}`, `{namespace}`,
/// `{name}` or `{tag}` in it.
public struct NameTemplate: Sendable, Hashable {
    /// The text, as it stands in the manifest.
    public var text: String

    /// Takes a template whose placeholders were checked.
    public init(text: String) { self.text = text }

    /// The source's repository, unchanged.
    public static let repository = NameTemplate(text: "{repository}")
    /// The source's tag, unchanged.
    public static let tag = NameTemplate(text: "{tag}")
}

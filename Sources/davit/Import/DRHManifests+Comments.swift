extension DRHManifests {
    /// What stands above the manifests: what became of each parameter.
    var comments: String {
        let named = input.name.map { " '\(YAMLText.comment($0))'" } ?? ""
        var lines = [
            "Made by 'davit import drh' of the stack\(named) of the Data Replication Hub's ECR plugin.",
            "Names at the destination are those that it gave. What became of each parameter:",
        ]
        lines += input.parameters.map(line)
        let given = Set(input.parameters.map(\.name))
        let absent = DRHParameter.allCases.map(\.rawValue).filter {
            !given.contains($0) && ["includeUntagged", "alarmEmail"].contains($0)
        }
        lines += absent.map { "  \($0) is not there: \(Self.absence($0))" }
        lines += list.notes.map { note in
            let item = Self.shortened(note.item)
            return
                "  the item \(item) \(note.isLeftOut ? "is left out" : "is taken over"): \(YAMLText.comment(note.text))"
        }
        if stack.takesAllPlatforms != true, !stack.didNothing { lines += Self.flattening }
        if options.table != nil {
            lines.append("The rules' 'statusTable' goes on with the records of the stack's table.")
        }
        return lines.map { "# \($0)\n" }.joined()
    }

    private static let flattening = [
        "'platforms: [linux/amd64]' with 'flatten: true': there one image out of an index was put under the tag, that of",
        "the platform of its tasks, so that the digests at the destination stay as they are. 'platforms: all' without",
        "'flatten' copies the whole, under new digests; the Data Transfer Hub did so by default (includeUntagged true).",
    ]

    private func line(_ field: StackInput.Field) -> String {
        let fate = DRHParameter(rawValue: field.name)?.fate(field.value, in: self) ?? "unknown, passed over"
        return
            "  \(YAMLText.comment(field.name)) = '\(Self.shortened(field.value))': \(YAMLText.comment(fate))"
    }

    private static func absence(_ name: String) -> String {
        name == "alarmEmail" ? "nobody is told" : "one platform, as the plugin did it"
    }

    private static func shortened(_ text: String) -> String {
        let text = YAMLText.comment(text)
        return text.count > 60 ? text.prefix(57) + "..." : text
    }
}

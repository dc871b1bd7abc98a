/// A rule as a test wants it, and its text.
struct Rule {
    /// Its name.
    var name = "harbour"
    /// Its entries, one flow mapping each.
    var images = [Rule.all("lab/r001")]
    /// More of its destination, such as `repository: "mirror/{name}"`.
    var destination = ""
    /// More keys of its spec, a line each.
    var more: [String] = []
    /// Whole images tried again; a test that fails for ever should not wait.
    var retries = 0

    init() {}

    init(_ change: (inout Rule) -> Void) {
        self.init()
        change(&self)
    }

    /// An entry for all tags of a repository.
    static func all(_ repository: String) -> String { entry(repository, #"tags: { include: ["*"] }"#) }

    /// An entry for some tags of a repository.
    static func named(_ repository: String, _ tags: String...) -> String {
        let listed = tags.map { "\"\($0)\"" }.joined(separator: ", ")
        return entry(repository, "tags: { include: [\(listed)] }")
    }

    /// An entry for tags of a repository that are pinned.
    static func pinned(_ repository: String, _ tag: String, _ digest: String) -> String {
        entry(repository, "pins: { \(tag): \"\(digest)\" }")
    }

    /// An entry.
    static func entry(_ repository: String, _ rest: String) -> String {
        "{ repository: \(repository), \(rest) }"
    }

    /// The manifest.
    func yaml(from source: String, to target: String) -> String {
        let names = destination.isEmpty ? "" : ", \(destination)"
        let entries = images.map { "    - \($0)\n" }.joined()
        return """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: \(name) }
            spec:
              source: { registry: "\(source)" }
              destination: { registry: "\(target)"\(names) }
              retries: \(retries)
            \(more.map { "  \($0)\n" }.joined())  images:
            \(entries)
            """
    }
}

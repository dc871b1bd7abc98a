import OCI

/// A template for a name at the destination, taken apart.
struct TemplateText {
    /// Which name it makes.
    enum Target {
        case repository, tag

        var placeholders: [String] {
            switch self {
            case .repository: ["registry", "repository", "namespace", "name"]
            case .tag: ["tag"]
            }
        }
    }

    enum Part: Equatable {
        case literal(String)
        case placeholder(String)
    }

    /// What is wrong with a template, and at which characters.
    struct Problem: Error, Equatable {
        var offset: Int
        var width: Int
        var message: String
        var hint: String?
    }

    let parts: [Part]

    /// Takes a template apart, or says what is wrong with it.
    init(_ text: String, for target: Target) throws(Problem) {
        var parts: [Part] = []
        var literal = ""
        var index = 0
        let scalars = Array(text.unicodeScalars)
        while index < scalars.count {
            switch scalars[index] {
            case "{":
                let rest = scalars[(index + 1)...]
                guard let end = rest.firstIndex(where: { $0 == "}" || $0 == "{" }), scalars[end] == "}" else {
                    throw Problem(offset: index, width: 1, message: "'{' is never closed")
                }
                let name = String(String.UnicodeScalarView(rest[..<end]))
                try Self.check(name, at: index, for: target)
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.placeholder(name))
                index = end
            case "}": throw Problem(offset: index, width: 1, message: "'}' closes nothing")
            default: literal.unicodeScalars.append(scalars[index])
            }
            index += 1
        }
        self.parts = literal.isEmpty ? parts : parts + [.literal(literal)]
    }

    private static func check(_ name: String, at offset: Int, for target: Target) throws(Problem) {
        guard !target.placeholders.contains(name) else { return }
        let known = target.placeholders.map { "{\($0)}" }.joined(separator: ", ")
        let guess = Suggestion.nearest(to: name, among: target.placeholders).map { "did you mean '{\($0)}'?" }
        throw Problem(
            offset: offset, width: name.unicodeScalars.count + 2,
            message: "unknown placeholder '{\(name.shortened())}'",
            hint: guess ?? "here stand \(known)")
    }

    /// The name that the template makes.
    func filled(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .placeholder(let name): values[name] ?? ""
            }
        }
        .joined()
    }

    /// The values of a repository's placeholders. Of the host, `{registry}` keeps what may stand in a repository.
    static func values(host: String, repository: RepositoryName) -> [String: String] {
        let components = repository.description.split(separator: "/")
        return [
            "registry": String(
                host.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }),
            "repository": repository.description,
            "namespace": components.dropLast().joined(separator: "/"),
            "name": components.last.map { String($0) } ?? "",
        ]
    }
}

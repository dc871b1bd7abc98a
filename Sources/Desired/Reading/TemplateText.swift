/// Looks for what is wrong with a template before any image is named by it, character by character.
enum TemplateText {
    /// Which name a template makes.
    enum Target {
        case repository, tag

        /// What may stand in it: a repository must not depend on the tag, nor a tag on more than the tag.
        var placeholders: [String] {
            NameTemplate.placeholders.filter { ($0 == "tag") == (self == .tag) }
        }
    }

    /// What is wrong with a template, and at which characters.
    struct Problem: Error, Equatable {
        var offset: Int
        var width: Int
        var message: String
        var hint: String?
    }

    /// Checks braces and placeholders.
    static func check(_ text: String, for target: Target) throws(Problem) {
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            if scalars[index] == "}" { throw Problem(offset: index, width: 1, message: "'}' closes nothing") }
            guard scalars[index] == "{" else {
                index += 1
                continue
            }
            let rest = scalars[(index + 1)...]
            guard let end = rest.firstIndex(where: { $0 == "}" || $0 == "{" }), scalars[end] == "}" else {
                throw Problem(offset: index, width: 1, message: "'{' is never closed")
            }
            try check(placeholder: String(String.UnicodeScalarView(rest[..<end])), at: index, for: target)
            index = end + 1
        }
    }

    private static func check(placeholder name: String, at offset: Int, for target: Target) throws(Problem) {
        guard !target.placeholders.contains(name) else { return }
        let known = target.placeholders.map { "{\($0)}" }.joined(separator: ", ")
        let guess = Suggestion.nearest(to: name, among: target.placeholders).map { "did you mean '{\($0)}'?" }
        throw Problem(
            offset: offset, width: name.unicodeScalars.count + 2,
            message: "unknown placeholder '{\(name.shortened())}'", hint: guess ?? "here stand \(known)")
    }
}

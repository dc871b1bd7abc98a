/// The variables that a manifest may name as `${NAME}`: manifests are untrusted, so most of the environment
/// is not theirs.
struct Variables {
    var environment: [String: String]
    /// Names that may be read besides `DAVIT_VAR_*`.
    var allowed: Set<String>

    /// Something in a text that can't be filled in.
    struct Problem: Equatable {
        /// The character it begins at, counted from 0.
        var offset: Int
        var width: Int
        var message: String
        var hint: String
    }

    /// Fills in the variables of a text, once: what a variable holds is not looked at again. `$${` is a plain
    /// `${`.
    func fill(_ text: String) -> (text: String, problems: [Problem]) {
        guard text.contains("${") else { return (text, []) }
        var filled = String.UnicodeScalarView()
        var problems: [Problem] = []
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let rest = scalars[index...]
            if rest.starts(with: "$${".unicodeScalars) {
                filled.append(contentsOf: "${".unicodeScalars)
                index += 3
            } else if rest.starts(with: "${".unicodeScalars) {
                let end = rest.firstIndex(of: "}") ?? scalars.count
                let name = String(String.UnicodeScalarView(scalars[(index + 2)..<end]))
                switch value(of: name, isClosed: end < scalars.count) {
                case .success(let value): filled.append(contentsOf: value.unicodeScalars)
                case .failure(let refusal):
                    let width = min(end + 1, scalars.count) - index
                    problems.append(
                        Problem(offset: index, width: width, message: refusal.message, hint: refusal.hint))
                }
                index = end + 1
            } else {
                filled.append(scalars[index])
                index += 1
            }
        }
        return (String(filled), problems)
    }

    private struct Refusal: Error {
        var message: String
        var hint: String
    }

    private func value(of name: String, isClosed: Bool) -> Result<String, Refusal> {
        guard isClosed else {
            return .failure(Refusal(message: "'${' is never closed", hint: "write '$${' for a plain '${'"))
        }
        guard Self.isName(name) else {
            return .failure(
                Refusal(
                    message: "\(name.quoted) is no name of a variable", hint: "write '$${' for a plain '${'"))
        }
        guard name.hasPrefix("DAVIT_VAR_") || allowed.contains(name) else {
            return .failure(
                Refusal(
                    message: "the variable \(name.quoted) can't be read by a manifest",
                    hint: "only DAVIT_VAR_* can; '--allow-env \(name.shortened())' lets this one in"))
        }
        guard let value = environment[name] else {
            return .failure(
                Refusal(message: "the variable \(name.quoted) is not set", hint: "set it where davit runs"))
        }
        return .success(value)
    }

    /// `[A-Za-z_][A-Za-z0-9_]*`
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
        }
    }
}

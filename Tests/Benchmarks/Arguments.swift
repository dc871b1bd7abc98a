/// What stood on the command line behind the subcommand.
struct Arguments {
    /// Something that the caller wrote wrong.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// Reads `--name value` and `--flag`; whatever is not known is refused.
    init(_ words: [String], names: Set<String>, flags known: Set<String> = []) throws {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else { throw Mistake(description: "unexpected '\(word)'") }
            let name = String(word.dropFirst(2))
            if known.contains(name) {
                flags.insert(name)
            } else if names.contains(name) {
                guard let value = rest.popFirst() else {
                    throw Mistake(description: "--\(name) wants a value")
                }
                values[name] = value
            } else {
                throw Mistake(description: "no option '--\(name)'")
            }
        }
    }

    subscript(name: String) -> String? { values[name] }

    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// A value that must be there.
    func require(_ name: String) throws -> String {
        guard let value = values[name] else { throw Mistake(description: "--\(name) is missing") }
        return value
    }

    /// A value of another kind, or the default when it is not there.
    func value<Value: LosslessStringConvertible>(_ name: String, _ usual: Value) throws -> Value {
        guard let text = values[name] else { return usual }
        guard let value = Value(text) else { throw Mistake(description: "--\(name): bad value '\(text)'") }
        return value
    }
}

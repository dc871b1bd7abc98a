/// The name of a repository inside a registry: path components joined by `/`
/// (distribution-spec, "Pulling manifests": the `<name>` rule; 255 characters with the host, 256 here).
public struct RepositoryName: CheckedText {
    /// The name as the registry spells it.
    public let description: String

    /// Reads a repository name, or says what is wrong with it.
    public init(_ text: String) throws(RepositoryNameError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= 256 else { throw .tooLong(text.utf8.count) }
        for component in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard !component.isEmpty else { throw .emptyComponent(text) }
            if let upper = component.first(where: \.isUppercase) { throw .upperCase(text, upper) }
            guard Self.isComponent(Array(component.utf8)) else {
                throw .badComponent(text, String(component))
            }
        }
        description = text
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isComponent(_ bytes: [UInt8]) -> Bool {
        var separators: [UInt8] = []
        guard let first = bytes.first, isAlphanumeric(first) else { return false }
        for byte in bytes {
            if isAlphanumeric(byte) {
                guard isSeparator(separators) else { return false }
                separators.removeAll(keepingCapacity: true)
            } else {
                separators.append(byte)
            }
        }
        return separators.isEmpty
    }

    private static func isSeparator(_ run: [UInt8]) -> Bool {
        let dash = UInt8(ascii: "-")
        return run.isEmpty || run == [UInt8(ascii: ".")] || run.allSatisfy { $0 == dash }
            || run == [UInt8(ascii: "_")] || run == [UInt8(ascii: "_"), UInt8(ascii: "_")]
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Why a text is no repository name.
public enum RepositoryNameError: Error, Equatable, CustomStringConvertible {
    /// There is nothing.
    case empty
    /// It has more than 256 characters.
    case tooLong(Int)
    /// It has a leading, trailing or doubled `/`.
    case emptyComponent(String)
    /// It holds an upper-case letter.
    case upperCase(String, Character)
    /// One of its components breaks the rule.
    case badComponent(String, String)

    /// One line for people.
    public var description: String {
        switch self {
        case .empty: "a repository name can't be empty"
        case .tooLong(let count): "a repository name has at most 256 characters, this one has \(count)"
        case .emptyComponent(let text): "'\(text)' is no repository name: a '/' stands at an end or twice"
        case .upperCase(let text, let letter):
            "'\(text)' is no repository name: '\(letter)' must be lower case"
        case .badComponent(let text, let component):
            "'\(text)' is no repository name: '\(component)' must be a-z and 0-9, joined by one '.', '_', '__' or by '-'"
        }
    }
}

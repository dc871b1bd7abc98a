/// The address of a registry as manifests write it: a name or address with an optional port, nothing else.
struct HostName: Hashable {
    /// Lower case, and `docker.io` for every name that Docker Hub goes by.
    let text: String

    /// Docker Hub.
    static let dockerHub = "docker.io"

    /// The names that Docker Hub goes by, beside its own.
    private static let dockerHubNames: Set<String> = [
        "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com",
    ]

    /// True of a text that names a host rather than a Registry.
    static func isLike(_ text: String) -> Bool {
        text == "localhost" || text.contains(".") || text.contains(":")
    }

    /// Reads a host, or says what is wrong with it.
    init(_ text: String) throws(HostNameError) {
        guard !text.contains("://") else { throw .scheme(text) }
        guard !text.contains("/") else { throw .path(text) }
        let (name, port) = try Self.split(text)
        if let port {
            let isNumber =
                !port.isEmpty && port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, let number = Int(port), (1...65_535).contains(number) else { throw .port(text) }
        }
        guard Self.isAddress(name) || Self.isDomain(name) else { throw .name(text) }
        let lower = text.lowercased()
        self.text = Self.dockerHubNames.contains(lower) ? Self.dockerHub : lower
    }

    private static func split(_ text: String) throws(HostNameError) -> (name: Substring, port: Substring?) {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw .name(text) }
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .name(text) }
            return (text[...close], rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count < 2 || !parts[1].contains(":") else { throw .bareAddress(text) }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    /// An IPv6 address in brackets: what stands in it is left to the system, as long as it could be one.
    private static func isAddress(_ name: Substring) -> Bool {
        guard name.hasPrefix("["), name.hasSuffix("]") else { return false }
        let inside = name.dropFirst().dropLast()
        let isHex = inside.utf8.allSatisfy {
            UInt8(ascii: ":") == $0 || UInt8(ascii: ".") == $0 || Self.isHex($0)
        }
        return isHex && inside.utf8.count <= 45 && inside.utf8.count(where: { $0 == UInt8(ascii: ":") }) >= 2
    }

    private static func isHex(_ byte: UInt8) -> Bool { Character(Unicode.Scalar(byte)).isHexDigit }

    private static func isDomain(_ name: Substring) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            let isWord = label.utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return byte < 0x80
                    && (character.isLetter || character.isNumber || byte == UInt8(ascii: "-")
                        || byte == UInt8(ascii: "_"))
            }
            return isWord && (1...63).contains(label.utf8.count) && !label.hasPrefix("-")
                && !label.hasSuffix("-")
        }
    }
}

/// Why a text is no host.
enum HostNameError: Error, Equatable, CustomStringConvertible {
    case scheme(String), path(String), port(String), name(String), bareAddress(String)

    var description: String {
        switch self {
        case .scheme(let text): "\(text.quoted) is no host: leave out the scheme"
        case .path(let text): "\(text.quoted) is no host: a path can't stand in it"
        case .port(let text): "\(text.quoted) is no host: a port is a number from 1 to 65535"
        case .name(let text):
            "\(text.quoted) is no host: it has letters, digits, '-' and '.', and ':port' where there is one"
        case .bareAddress(let text):
            "\(text.quoted) is no host: an IPv6 address stands in brackets, as in [::1]:5000"
        }
    }
}

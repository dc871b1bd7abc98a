/// Who is spoken to: a scheme, a host and a port (RFC 9110, section 4.3.1). Secrets belong to an origin.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// True of `https`.
    public let isSecure: Bool
    /// The host's name or address, in lower case, IPv6 without brackets.
    public let host: String
    /// The port, the scheme's own where none was given.
    public let port: Int

    /// Names an origin.
    public init(isSecure: Bool, host: String, port: Int? = nil) {
        self.isSecure = isSecure
        self.host = host.lowercased()
        self.port = port ?? (isSecure ? 443 : 80)
    }

    /// `http` or `https`.
    public var scheme: String { isSecure ? "https" : "http" }

    /// The host, and the port where it is not the scheme's own, as they stand in a URL.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// `scheme://authority`
    public var description: String { "\(scheme)://\(authority)" }

    /// True of this machine's own addresses: `localhost`, `127.0.0.0/8` and `::1`.
    public var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || Self.isIPv4Loopback(host)
    }

    private static func isIPv4Loopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

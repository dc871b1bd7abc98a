import Foundation

/// Where a server listens.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A numeric IPv4 address, or `localhost`.
    public var host: String
    /// The port.
    public var port: UInt16

    /// Names an address by its parts.
    public init(host: String = "127.0.0.1", port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, with or without a scheme before and a slash behind; nil when it is neither.
    public init?(_ text: String) {
        var rest = text[...]
        if let scheme = rest.range(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        guard let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...]) else {
            return nil
        }
        self.init(host: String(rest[..<colon]), port: port)
    }

    /// The address as `host:port`.
    public var description: String { "\(host):\(port)" }

    /// The address as a plain HTTP URL.
    public var url: String { "http://\(self)" }
}

import CCurl

/// An http or https URL.
///
/// It is read by the parser that will also use it, so that no check here sees another host than the wire.
public struct Address: Hashable, Sendable, CustomStringConvertible {
    /// Who is spoken to.
    public let origin: Origin
    /// What is asked for: path and query, beginning with `/`.
    public let target: String

    /// Puts an address together from parts that are known to be right.
    public init(origin: Origin, target: String) {
        self.origin = origin
        self.target = target.hasPrefix("/") ? target : "/" + target
    }

    /// Reads an absolute URL; user info is refused, a fragment is dropped.
    public init(_ text: String) throws(AddressError) {
        try self.init(text, relativeTo: nil)
    }

    /// Reads a URL reference as it stands in a `Location` or `Link` field (RFC 3986, section 5.2).
    public func resolving(_ reference: String) throws(AddressError) -> Address {
        try Address(reference, relativeTo: self)
    }

    /// The same address with one more query parameter, percent-encoded.
    public func adding(query name: String, _ value: String) -> Address {
        let sign = target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return Address(origin: origin, target: target + sign + name + "=" + Self.encode(value))
    }

    /// The whole URL. Signed query parameters are secrets: print `redacted` instead.
    public var description: String { origin.description + target }

    /// The URL without its query, for messages and logs.
    public var redacted: String {
        origin.description + (target.firstIndex(of: "?").map { target[..<$0] + "?…" } ?? target[...])
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters.
    public static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private init(_ text: String, relativeTo base: Address?) throws(AddressError) {
        guard let handle = curl_url() else { throw .malformed(text) }
        defer { curl_url_cleanup(handle) }
        if let base {
            guard curl_url_set(handle, CURLUPART_URL, base.description, 0) == CURLUE_OK else {
                throw .malformed(base.redacted)
            }
        }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK else { throw .malformed(text) }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var pointer: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &pointer, UInt32(flags)) == CURLUE_OK, let pointer else {
                return nil
            }
            defer { curl_free(pointer) }
            return String(cString: pointer)
        }
        guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
            throw .otherScheme(text)
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else { throw .userInfo }
        guard let host = part(CURLUPART_HOST),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { throw .malformed(text) }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        origin = Origin(isSecure: scheme == "https", host: bare, port: port)
        target = (part(CURLUPART_PATH) ?? "/") + (part(CURLUPART_QUERY).map { "?" + $0 } ?? "")
    }
}

/// Why a text is no address that davit would speak to.
public enum AddressError: Error, Equatable, CustomStringConvertible {
    /// It is no URL.
    case malformed(String)
    /// It is neither http nor https.
    case otherScheme(String)
    /// It holds a user name or password, which never stand in a URL here.
    case userInfo

    /// One line for people.
    public var description: String {
        switch self {
        case .malformed(let text): "'\(text.prefix { $0 != "?" })' is no URL"
        case .otherScheme(let text): "'\(text.prefix { $0 != "?" })' is neither an http nor an https URL"
        case .userInfo: "the URL holds a user name or a password; use a Credential"
        }
    }
}

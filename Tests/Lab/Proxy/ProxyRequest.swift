/// A request as a proxy's hook sees it, before anything of it goes on.
public struct ProxyRequest: Sendable {
    /// Its number, from 1, in the order of arrival.
    public let number: Int
    /// The method.
    public let method: String
    /// The target as it stands on the wire.
    public let target: String
    /// What the target means.
    public let route: Route
    /// The header fields.
    public let headers: Headers

    /// Method and kind of resource in one, such as `GET blob`.
    public var kind: String { "\(method) \(route.kind.rawValue)" }
}

/// What a proxy remembers of a request; never a secret.
public struct ProxyRecord: Sendable {
    /// The request's number, from 1.
    public let number: Int
    /// The method.
    public let method: String
    /// The target as it stands on the wire.
    public let target: String
    /// What the target means.
    public let route: Route
    /// The Host field.
    public let host: String
    /// The first word of the Authorization field (`Basic`, `Bearer`), or nil when there was none.
    public let authorization: String?
    /// Whether there was a Cookie field.
    public let hasCookie: Bool
    /// The names of all fields, in small letters.
    public let fieldNames: Set<String>
    /// The status that the client got; 0 when it got none.
    public internal(set) var status = 0
    /// Bytes of the request's body that came from the client.
    public internal(set) var bytesUp = 0
    /// Bytes of the answer's body that went to the client.
    public internal(set) var bytesDown = 0

    init(_ request: ProxyRequest) {
        number = request.number
        method = request.method
        target = request.target
        route = request.route
        host = request.headers["Host"] ?? ""
        authorization = request.headers["Authorization"].map { String($0.prefix { $0 != " " }) }
        hasCookie = request.headers.contains("Cookie")
        fieldNames = Set(request.headers.fields.map { $0.name.lowercased() })
    }

    /// Method and kind of resource in one, such as `GET blob`.
    public var kind: String { "\(method) \(route.kind.rawValue)" }

    /// Whether anything secret came with it.
    public var hasCredentials: Bool { authorization != nil || hasCookie }
}

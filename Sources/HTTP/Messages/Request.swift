import HTTPTypes

/// One request: what is asked of whom, and how much may come back.
public struct Request: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// Whom and what.
    public var address: Address
    /// The fields, secrets included; never printed.
    public var headers: HTTPFields
    /// The body, where it is small enough to be held.
    public var body: [UInt8]?
    /// How many bytes of an answer are read before it counts as too large.
    public var answerLimit: Int
    /// How the connection is secured.
    public var security: Security
    /// How long silence is borne.
    public var patience: Patience
    /// The line that its bodies go through, where that has a ceiling.
    public var line: Line?

    /// Describes a request.
    public init(
        _ method: HTTPRequest.Method, _ address: Address, headers: HTTPFields = [:], body: [UInt8]? = nil,
        answerLimit: Int = 4 << 20, security: Security = Security(), patience: Patience = Patience()
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.answerLimit = answerLimit
        self.security = security
        self.patience = patience
    }
}

/// How a connection is secured.
public struct Security: Hashable, Sendable {
    /// A file of certificates that are trusted besides the system's.
    public var caFile: String?
    /// The file of the certificate that we show.
    public var clientCertificate: String?
    /// The file of that certificate's key.
    public var clientKey: String?
    /// Trust any certificate.
    public var skipsVerification: Bool

    /// The defaults: the system's certificates, checked.
    public init(
        caFile: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil,
        skipsVerification: Bool = false
    ) {
        self.caFile = caFile
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.skipsVerification = skipsVerification
    }
}

/// How long silence is borne before an exchange counts as stalled.
public struct Patience: Hashable, Sendable {
    /// Until a connection stands.
    public var connect: Duration
    /// Between two signs of life: bytes sent, bytes received, the answer's head.
    public var stall: Duration
    /// From the last byte sent to the answer's head, where the peer must first store what it got.
    public var commit: Duration
    /// From the beginning of a plain request to its end; a stream may last as long as something moves.
    public var whole: Duration

    /// The defaults: 10 s, 60 s, 300 s, 600 s.
    public init(
        connect: Duration = .seconds(10), stall: Duration = .seconds(60), commit: Duration = .seconds(300),
        whole: Duration = .seconds(600)
    ) {
        self.connect = connect
        self.stall = stall
        self.commit = commit
        self.whole = whole
    }
}

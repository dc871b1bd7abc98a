/// What a proxy has counted.
public struct Counts: Codable, Sendable {
    /// The requests of one kind.
    public struct Kind: Codable, Sendable {
        /// How many.
        public var requests = 0
        /// Bytes of their bodies.
        public var bytesUp = 0
        /// Bytes of the answers' bodies.
        public var bytesDown = 0
        /// How many answers had which status.
        public var statuses: [String: Int] = [:]
    }

    /// All requests.
    public var requests = 0
    /// Bytes of all requests' bodies.
    public var bytesUp = 0
    /// Bytes of all answers' bodies.
    public var bytesDown = 0
    /// Connections that clients opened.
    public var connections = 0
    /// The most requests that were under way at once.
    public var mostAtOnce = 0
    /// By method and kind of resource, such as `GET blob`.
    public var kinds: [String: Kind] = [:]

    /// How many requests there were of a kind.
    public subscript(kind: String) -> Int { kinds[kind]?.requests ?? 0 }

    /// Mounts that were done.
    public var mounts: Int { kinds["POST mount"]?.statuses["201"] ?? 0 }

    /// Requests that write: anything but GET and HEAD.
    public var writes: Int {
        kinds.filter { !$0.key.hasPrefix("GET ") && !$0.key.hasPrefix("HEAD ") }.values.reduce(0) {
            $0 + $1.requests
        }
    }

    /// Bytes that were sent as blobs, the manifests' left out.
    public var uploadBytes: Int {
        kinds.filter { $0.key.contains("upload") || $0.key.hasSuffix(" mount") }.values.reduce(0) {
            $0 + $1.bytesUp
        }
    }

    mutating func add(_ record: ProxyRecord) {
        requests += 1
        bytesUp += record.bytesUp
        bytesDown += record.bytesDown
        var kind = kinds[record.kind] ?? Kind()
        kind.requests += 1
        kind.bytesUp += record.bytesUp
        kind.bytesDown += record.bytesDown
        kind.statuses["\(record.status)", default: 0] += 1
        kinds[record.kind] = kind
    }
}

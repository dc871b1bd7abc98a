import HTTP
import HTTPTypes

/// A request in the one form that both sides sign (AWS General Reference, "Create a canonical request").
struct CanonicalRequest {
    /// The text whose hash is signed.
    let text: String
    /// The names of the fields that are in it: `host;x-amz-date`.
    let signedFields: String

    /// What a proxy or the transport may change on the way, or put in.
    private static let unsigned: Set<String> = [
        "authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade",
        "user-agent", "x-amzn-trace-id",
    ]

    init(_ request: Request) {
        let fields = Self.fields(of: request)
        signedFields = fields.map(\.name).joined(separator: ";")
        let (path, query) = Self.split(request.address.target)
        text =
            ([
                request.method.rawValue, Self.path(path), Self.query(query),
            ] + fields.map { "\($0.name):\($0.value)" } + [
                "", signedFields, MessageCode.sha256(request.body ?? []),
            ]).joined(separator: "\n")
    }

    private static func split(_ target: String) -> (path: Substring, query: Substring) {
        guard let mark = target.firstIndex(of: "?") else { return (target[...], "") }
        return (target[..<mark], target[target.index(after: mark)...])
    }

    /// The path without dots and doubled slashes, each segment encoded once more: every service but S3 wants that.
    private static func path(_ path: Substring) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let tail = path.hasSuffix("/") && !kept.isEmpty ? "/" : ""
        return "/" + kept.map { PercentEncoding.encode($0.utf8) }.joined(separator: "/") + tail
    }

    /// The parameters sorted by name, then by value, each encoded in the one right way.
    private static func query(_ query: Substring) -> String {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: normal(parts[0]), value: parts.count > 1 ? normal(parts[1]) : "")
        }
        .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// A text that may be encoded already, here and there: decoded and encoded anew, as the other side does.
    private static func normal(_ text: Substring) -> String {
        PercentEncoding.encode(PercentEncoding.decode(text))
    }

    /// Every field that is sent and that nobody changes on the way, sorted by name.
    private static func fields(of request: Request) -> [(name: String, value: String)] {
        var values: [String: [String]] = ["host": [request.address.origin.authority]]
        for field in request.headers where !unsigned.contains(field.name.canonicalName) {
            values[field.name.canonicalName, default: []].append(trimmed(field.value))
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    /// Runs of blanks count as one, and none at the ends.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}

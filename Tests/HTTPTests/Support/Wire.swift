import HTTP
import HTTPTypes
import Lab

extension Patience {
    /// For tests of silence: what stalls does so soon.
    static let short = Patience(connect: .seconds(10), stall: .milliseconds(400), commit: .milliseconds(900))
}

/// Bytes that are not all alike: the same for the same length.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        for index in 0..<count {
            if index & 7 == 0 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
            buffer[index] = UInt8(truncatingIfNeeded: state >> UInt64(8 * (index & 7)))
        }
        filled = count
    }
}

/// Returns once a condition holds.
func eventually(_ condition: () async -> Bool) async throws {
    while !(await condition()) { try await Task.sleep(for: .milliseconds(2)) }
}

/// A request to a URL of the test's own.
func request(
    _ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: [UInt8]? = nil,
    patience: Patience = Patience()
) throws -> Request {
    Request(method, try Address(url), headers: headers, body: body, patience: patience)
}

extension Checksum {
    /// What some bytes hash to.
    init(of bytes: [UInt8], by algorithm: Algorithm = .sha256) {
        let text = digest(of: bytes, by: algorithm)
        self.init(algorithm == .sha256 ? .sha256 : .sha512, hex: String(text.drop { $0 != ":" }.dropFirst()))
    }
}

extension BlobTransfer {
    /// A stream of some bytes from one URL to another, checked.
    init(
        _ bytes: [UInt8], from source: String, to destination: String, patience: Patience = Patience(),
        by algorithm: Algorithm = .sha256
    ) throws {
        self.init(
            download: try request(.get, source, patience: patience),
            upload: try request(.put, destination, patience: patience), size: Int64(bytes.count),
            checksum: Checksum(of: bytes, by: algorithm))
    }
}

extension ScriptedServer {
    /// A server of one blob.
    static func holding(_ bytes: [UInt8], chunked: Bool = false) throws -> ScriptedServer {
        try ScriptedServer { _ in
            var response = ScriptedResponse(body: bytes)
            response.isChunked = chunked
            return response
        }
    }

    /// A server that takes whatever comes.
    static func taking() throws -> ScriptedServer { try ScriptedServer { _ in ScriptedResponse(201) } }

    /// The bodies that came whole.
    var taken: [[UInt8]] { requests.filter { $0.isWhole }.map(\.body) }
}

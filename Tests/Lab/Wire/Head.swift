/// The start line and the fields of an HTTP/1.1 message.
struct Head: Sendable {
    var startLine: String
    var headers: Headers

    init(startLine: String, headers: Headers) {
        self.startLine = startLine
        self.headers = headers
    }

    /// Reads the bytes before the empty line.
    init(_ bytes: some Collection<UInt8>) {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: true)
        startLine = lines.first.map { String($0) } ?? ""
        headers = Headers(
            lines.dropFirst().compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let value = line[line.index(after: colon)...]
                return (String(line[..<colon]), String(value.drop { $0 == " " }))
            })
    }

    var bytes: [UInt8] {
        var text = startLine + "\r\n"
        for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private func word(_ index: Int) -> String {
        let words = startLine.split(separator: " ", maxSplits: 2)
        return index < words.count ? String(words[index]) : ""
    }

    var method: String { word(0) }
    var target: String { word(1) }
    var status: Int { Int(word(1)) ?? 0 }

    var wantsClose: Bool { headers["Connection"]?.lowercased().contains("close") ?? false }

    /// How the body behind a request's head is framed.
    var requestFraming: Framing {
        if headers["Transfer-Encoding"]?.lowercased().contains("chunked") ?? false { return .chunked }
        return .length(headers["Content-Length"].flatMap { Int($0) } ?? 0)
    }

    /// How the body behind an answer's head is framed.
    func answerFraming(to method: String) -> Framing {
        if method == "HEAD" || status == 204 || status == 304 || status < 200 { return .length(0) }
        if headers["Transfer-Encoding"]?.lowercased().contains("chunked") ?? false { return .chunked }
        return headers["Content-Length"].flatMap { Int($0) }.map { .length($0) } ?? .untilClose
    }
}

/// How a message says where its body ends.
enum Framing: Equatable {
    case length(Int)
    case chunked
    case untilClose
}

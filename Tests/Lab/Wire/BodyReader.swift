/// Takes a body off a connection in pieces, without its framing.
final class BodyReader {
    private let connection: Connection
    private let framing: Framing
    private var left: Int
    private var ended = false

    init(_ connection: Connection, _ framing: Framing) {
        self.connection = connection
        self.framing = framing
        if case .length(let length) = framing { left = length } else { left = 0 }
    }

    /// Whether all of it was taken.
    var isAtEnd: Bool {
        if case .length = framing { return left == 0 }
        return ended
    }

    /// The next piece; nil at the end; an error when the peer breaks off.
    func next(upTo limit: Int = 1 << 18) throws -> [UInt8]? {
        if isAtEnd { return nil }
        switch framing {
        case .length: return try counted(limit)
        case .chunked: return try chunk(limit)
        case .untilClose:
            let piece = try connection.read(upTo: limit)
            ended = piece.isEmpty
            return ended ? nil : piece
        }
    }

    /// All that is left.
    func rest() throws -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try next() { all += piece }
        return all
    }

    private func counted(_ limit: Int) throws -> [UInt8] {
        let piece = try connection.read(upTo: min(left, limit))
        guard !piece.isEmpty else { throw LabError("the peer ended \(left) bytes before the end of a body") }
        left -= piece.count
        return piece
    }

    private func chunk(_ limit: Int) throws -> [UInt8]? {
        if left == 0 {
            let line = try connection.readLine()
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
                throw LabError("bad chunk '\(line)'")
            }
            if size == 0 {
                while try !connection.readLine().isEmpty {}
                ended = true
                return nil
            }
            left = size
        }
        let piece = try counted(limit)
        if left == 0 { _ = try connection.readLine() }
        return piece
    }
}

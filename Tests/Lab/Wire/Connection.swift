import Foundation

/// A connected socket with what was read ahead; one thread owns it.
final class Connection {
    let socket: Socket
    private var ahead: [UInt8] = []
    private var used = 0

    init(_ socket: Socket) { self.socket = socket }

    var hasBytesAhead: Bool { used < ahead.count }

    /// The next bytes, or none at the end of the stream.
    func read(upTo limit: Int = 1 << 18) throws -> [UInt8] {
        if hasBytesAhead {
            let piece = Array(ahead[used..<min(ahead.count, used + limit)])
            used += piece.count
            return piece
        }
        return try receive(limit)
    }

    /// The head of the next message; nil when the peer ends before its first byte.
    func readHead() throws -> Head? {
        var bytes: [UInt8] = []
        while true {
            let piece = try read(upTo: 1 << 16)
            guard !piece.isEmpty else {
                if bytes.isEmpty { return nil }
                throw LabError("the peer ended in the middle of a head")
            }
            if bytes.isEmpty, let first = piece.first, first < 65 { try refuse() }
            let from = max(0, bytes.count - 3)
            bytes += piece
            if let end = Self.endOfHead(bytes, from: from) {
                giveBack(bytes[(end + 4)...])
                return Head(bytes[..<end])
            }
            guard bytes.count < 1 << 20 else { throw LabError("a head of more than a MiB") }
        }
    }

    /// One line without its end.
    func readLine() throws -> String {
        var line: [UInt8] = []
        while true {
            let byte = try read(upTo: 1)
            guard let byte = byte.first else { throw LabError("the peer ended in the middle of a line") }
            if byte == 10 {
                return String(decoding: line.last == 13 ? line.dropLast() : line[...], as: UTF8.self)
            }
            line.append(byte)
        }
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var sent = 0
        while sent < bytes.count {
            let count = send(
                socket.descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                Int32(MSG_NOSIGNAL))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw LabError.system("send") }
            sent += count
        }
    }

    /// Writes until all is sent or the peer speaks; returns how many bytes left.
    func writeUnlessAnswered(_ bytes: ArraySlice<UInt8>) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            var wanted = pollfd(fd: socket.descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
            guard poll(&wanted, 1, -1) > 0 else { continue }
            if wanted.revents & Int16(POLLIN) != 0 { return sent }
            let count = bytes.withUnsafeBytes {
                send(
                    socket.descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count >= 0 else { throw LabError.system("send") }
            sent += count
        }
        return sent
    }

    /// Lets the peer read what was sent before the socket is closed: a close with unread bytes is a reset.
    func drain(seconds: Double = 0.5) {
        socket.endSending()
        let end = Date().addingTimeInterval(seconds)
        while Date() < end, socket.isReadable(within: 50) {
            guard let piece = try? receive(1 << 18), !piece.isEmpty else { return }
        }
    }

    /// A client that tries TLS on a plain port is told so at once, as plain registries do; it may try without.
    private func refuse() throws {
        try write(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
        drain(seconds: 0.1)
        throw LabError("the peer does not speak HTTP")
    }

    private func giveBack(_ bytes: ArraySlice<UInt8>) {
        ahead = Array(bytes) + ahead[used...]
        used = 0
    }

    private func receive(_ limit: Int) throws -> [UInt8] {
        var failure: LabError?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var got: Int
            repeat {
                got = recv(socket.descriptor, buffer.baseAddress, limit, 0)
            } while got < 0 && errno == EINTR
            if got < 0 { failure = LabError.system("receive") }
            count = max(0, got)
        }
        if let failure { throw failure }
        return bytes
    }

    private static func endOfHead(_ bytes: [UInt8], from: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in from...max(from, bytes.count - 4) where index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index
            }
        }
        return nil
    }
}

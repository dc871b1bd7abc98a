import Foundation

/// A listening socket that gives every connection a thread of its own.
final class Listener: Sendable {
    let endpoint: Endpoint
    private let socket: Socket
    private let open: Guarded<(stopped: Bool, sockets: Set<Socket>)> = Guarded((false, []))

    init(_ wanted: Endpoint) throws {
        (socket, endpoint) = try Socket.listening(on: wanted)
    }

    var isStopped: Bool { open.with { $0.stopped } }

    /// Begins to accept; `serve` runs on the thread of its connection, which is closed when it returns.
    func start(_ serve: @escaping @Sendable (Connection) throws -> Void) {
        Thread.detachNewThread { [self] in
            while let peer = socket.accept() {
                guard keep(peer) else { break }
                Thread.detachNewThread { [self] in
                    try? serve(Connection(peer))
                    open.with { _ = $0.sockets.remove(peer) }
                    peer.close()
                }
            }
            socket.close()
        }
    }

    /// Ends listening and every connection.
    func stop() {
        open.with { state in
            guard !state.stopped else { return }
            state.stopped = true
            socket.shut()
            state.sockets.forEach { $0.shut() }
        }
    }

    /// Holds a thread for a while, or until the server stops or the peer of a connection is gone.
    func pause(_ seconds: Double, watching peer: Socket? = nil) {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end, !isStopped {
            if let peer, peer.isGone { return }
            usleep(UInt32(max(0.0001, min(0.02, end.timeIntervalSinceNow)) * 1e6))
        }
    }

    private func keep(_ peer: Socket) -> Bool {
        open.with { state in
            if state.stopped {
                peer.close()
                return false
            }
            state.sockets.insert(peer)
            return true
        }
    }
}

extension Socket {
    /// Whether the peer has ended the connection, orderly or not.
    fileprivate var isGone: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }
}

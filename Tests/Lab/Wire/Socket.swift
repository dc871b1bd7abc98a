import Foundation

/// A TCP socket of the system; who holds it closes it.
struct Socket: Hashable, Sendable {
    let descriptor: Int32

    /// Opens a listening socket; port 0 takes any that is free.
    static func listening(on endpoint: Endpoint) throws -> (Socket, Endpoint) {
        let socket = try fresh()
        var yes: Int32 = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        let bound = try endpoint.withAddress { bind(socket.descriptor, $0, $1) }
        guard bound == 0, listen(socket.descriptor, 512) == 0 else {
            let failure = LabError.system("listen on \(endpoint)")
            socket.close()
            throw failure
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket.descriptor, $0, &length)
            }
        }
        return (socket, Endpoint(host: endpoint.host, port: UInt16(bigEndian: address.sin_port)))
    }

    /// Connects to a server.
    static func connected(to endpoint: Endpoint) throws -> Socket {
        let socket = try fresh()
        let done = try endpoint.withAddress { address, length in
            var code: Int32
            repeat { code = connect(socket.descriptor, address, length) } while code != 0 && errno == EINTR
            return code
        }
        guard done == 0 else {
            let failure = LabError.system("connect to \(endpoint)")
            socket.close()
            throw failure
        }
        socket.noDelay()
        return socket
    }

    /// The next connection; nil when the socket was shut.
    func accept() -> Socket? {
        while true {
            let descriptor = Foundation.accept(self.descriptor, nil, nil)
            if descriptor >= 0 {
                keepFromChildren(descriptor)
                Socket(descriptor: descriptor).noDelay()
                return Socket(descriptor: descriptor)
            }
            guard errno == EINTR || errno == ECONNABORTED || errno == EMFILE else { return nil }
        }
    }

    /// Ends both directions; a thread that waits on the socket wakes up.
    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends the sending direction.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func close() { _ = Foundation.close(descriptor) }

    /// Makes the coming `close` a reset instead of an orderly end.
    func resetOnClose() {
        // What was sent must have left before the reset overtakes it.
        usleep(5_000)
        var choice = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &choice, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whether a read would return at once: bytes or the end are there.
    func isReadable(within milliseconds: Int32 = 0) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, milliseconds) > 0
    }

    private func noDelay() {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
    }

    private static func fresh() throws -> Socket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw LabError.system("make a socket") }
        keepFromChildren(descriptor)
        return Socket(descriptor: descriptor)
    }
}

extension Endpoint {
    fileprivate func withAddress(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Int32
    ) throws -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
            throw LabError("'\(host)' is no IPv4 address")
        }
        return try withUnsafePointer(to: &address) {
            try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

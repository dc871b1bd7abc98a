import Foundation

/// Free ports of loopback, outside the range that the kernel gives to clients.
enum Ports {
    private static let next = Guarded<UInt16>(20_000 + UInt16(getpid() % 11_000))

    static func free() throws -> UInt16 {
        for _ in 0..<4_000 {
            let port = next.with { port in
                port = port >= 31_999 ? 20_000 : port + 1
                return port
            }
            if let (socket, _) = try? Socket.listening(on: Endpoint(port: port)) {
                socket.close()
                return port
            }
        }
        throw LabError("no free port on loopback")
    }
}

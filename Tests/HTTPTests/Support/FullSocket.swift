import Glibc

@testable import Lab

/// A listening socket whose queue is full: who connects to it hears nothing.
final class FullSocket {
    private let listener: Socket
    private let endpoint: Endpoint
    private var waiting: [Int32] = []

    init() throws {
        (listener, endpoint) = try Socket.listening(on: Endpoint(port: 0))
        listen(listener.descriptor, 0)
        for _ in 0..<4 { knock() }
    }

    deinit {
        for descriptor in waiting { close(descriptor) }
        listener.close()
    }

    var url: String { endpoint.url }

    private func knock() {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(endpoint.port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        withUnsafePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        waiting.append(descriptor)
    }
}

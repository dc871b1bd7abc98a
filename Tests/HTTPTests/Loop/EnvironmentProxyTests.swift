import Glibc
import HTTP
import HTTPTypes
import Testing

@testable import Lab

/// Each test is a process of its own, since the environment belongs to the whole process.
@Suite("Proxies from the environment", .timeLimit(.minutes(3))) struct EnvironmentProxyTests {
    @Test("plain requests go through http_proxy, but none to loopback")
    func plain() async {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer { ScriptedResponse(body: $0.target) }
            let own = try ScriptedServer { ScriptedResponse(body: $0.target) }
            setenv("http_proxy", proxy.url, 1)
            let loop = try CurlLoop()
            let far = try await loop.send(Request(.get, Address("http://registry.example/v2/")))
            guard far.body == Array("http://registry.example/v2/".utf8) else { exit(2) }
            let near = try await loop.send(Request(.get, Address(own.url + "/v2/")))
            guard near.body == Array("/v2/".utf8), proxy.requests.count == 1 else { exit(3) }
        }
    }

    @Test("no_proxy is heeded")
    func exceptions() async {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer.taking()
            setenv("http_proxy", proxy.url, 1)
            setenv("no_proxy", "registry.invalid", 1)
            _ = try? await CurlLoop().send(Request(.get, Address("http://registry.invalid/v2/")))
            guard proxy.requests.isEmpty else { exit(2) }
        }
    }

    @Test("a tunnel's own answer is taken for no answer of the registry's")
    func tunnel() async {
        await #expect(processExitsWith: .success) {
            let ca = try TestCA()
            let registry = try DockerRegistry(.init { $0.tls = ca })
            let proxy = try RawServer { connection, _ in
                guard let head = try connection.readHead(),
                    head.startLine.hasPrefix("CONNECT registry.example:443 ")
                else { return }
                let far = try Connection(Socket.connected(to: registry.endpoint))
                try connection.say("HTTP/1.1 200 Connection established\r\nX-Tunnel: yes\r\n\r\n")
                while true {
                    if connection.hasBytesAhead || connection.socket.isReadable(within: 5) {
                        let piece = try connection.read()
                        guard !piece.isEmpty else { return }
                        try far.write(piece)
                    }
                    if far.socket.isReadable(within: 5) {
                        let piece = try far.read()
                        guard !piece.isEmpty else { return }
                        try connection.write(piece)
                    }
                }
            }
            setenv("https_proxy", proxy.url, 1)
            var request = Request(.get, try Address("https://registry.example/v2/none/tags/list"))
            request.security = Security(skipsVerification: true)
            let answer = try await CurlLoop().send(request)
            guard answer.status == 404, answer.headers[.init("X-Tunnel")!] == nil else { exit(2) }
        }
    }
}

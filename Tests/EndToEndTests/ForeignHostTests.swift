import Foundation
import Lab
import Testing

@Suite("Foreign hosts", .serialized, .timeLimit(.minutes(2))) struct ForeignHostTests {
    private func crossing() throws -> Crossing {
        let locked = DockerRegistry.Options { $0.passwords = true }
        let crossing = try Crossing(Shape(), source: locked, destination: locked)
        try crossing.write()
        try crossing.davit.writeDockerConfig(
            Login.captain.dockerConfig(for: crossing.from.host, crossing.to.host))
        return crossing
    }

    @Test(
        "blobs that lie at another host, or at another port of the same host, are read without credentials",
        arguments: ["127.0.0.2", "127.0.0.1"])
    func redirectedBlobs(host: String) async throws {
        let crossing = try crossing()
        let foreign = try CountingProxy(
            to: crossing.sourceDoor.endpoint, listen: Endpoint(host: host, port: 0))
        crossing.from.setHook { request in
            request.kind == "GET blob" ? .redirect(to: foreign.url + request.target) : .pass
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences() == [])
        #expect(foreign.counts["GET blob"] == 4)
        #expect(foreign.records.allSatisfy { !$0.hasCredentials })
        #expect(crossing.from.records.contains { $0.hasCredentials })
    }

    @Test(
        "uploads that go on at another host or port go there without credentials",
        arguments: ["127.0.0.2", "127.0.0.1"])
    func redirectedUploads(host: String) async throws {
        let crossing = try crossing()
        let door = crossing.destinationDoor.endpoint
        let foreign = try CountingProxy(to: door, listen: Endpoint(host: host, port: 0))
        crossing.to.setHook { request in
            guard request.kind == "POST upload start",
                let begun = try? RawClient(door).send("POST", request.target), begun.status == 202,
                let path = begun.headers["Location"]?.range(of: "/v2/").map({
                    begun.headers["Location"]?[$0.lowerBound...] ?? ""
                })
            else { return .pass }
            return .answer(202, headers: ["Location": foreign.url + path])
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences() == [])
        #expect(foreign.counts["PUT upload"] == 4)
        #expect(foreign.records.allSatisfy { !$0.hasCredentials })
    }

    @Test("a realm at a host that has nothing to do with the registry gets no password")
    func foreignRealm() async throws {
        let crossing = try crossing()
        let realm = "http://198.51.100.7/token"
        crossing.from.setHook { _ in
            .answer(401, headers: ["Www-Authenticate": "Bearer realm=\"\(realm)\",service=\"x\""])
        }
        let pass = try await crossing.davit("diff")
        #expect(pass.status == 1)
        #expect(pass.errors.contains("source: cannot list tags lab/r001 at \(crossing.from.host): denied ("))
        #expect(
            pass.errors.contains("198.51.100.7") && pass.errors.contains("nothing was sent"), "\(pass.errors)"
        )
        #expect(pass.wall < 5)
    }
}

import Lab
import Testing

@Suite("Docker registry and proxy") struct GroundTests {
    @Test("seeded through a proxy, counted and verified")
    func seeds() throws {
        let (source, destination) = try (DockerRegistry(), DockerRegistry())
        let proxy = try CountingProxy(to: destination.endpoint)
        let shape = Shape {
            $0.repositories = 3
            $0.tags = 2
            $0.shareAcross = 0.34
            $0.media = .mix
        }
        try Seeder(source.endpoint).push(shape)
        let summary = try Seeder(proxy.endpoint).push(shape)
        let verifier = Verifier(source: source.endpoint, destination: destination.endpoint)
        #expect(try verifier.differences(shape) == [])
        let counts = proxy.counts
        #expect(summary.tags == 6)
        #expect(summary.mounts == 2)
        #expect(counts.mounts == 2)
        #expect(counts["PUT manifest by tag"] == 6)
        #expect(counts.uploadBytes == summary.bytesSent)
        #expect(counts.requests == proxy.records.count)
        #expect(proxy.records.allSatisfy { !$0.hasCredentials })
    }

    @Test("a password registry lets two in and nobody else")
    func passwords() throws {
        let registry = try DockerRegistry(.init { $0.passwords = true })
        let ping = { (login: Login?) in
            try RawClient(registry.endpoint, login: login).send("GET", "/v2/").status
        }
        #expect(try ping(nil) == 401)
        #expect(try ping(.captain) == 200)
        #expect(try ping(.bosun) == 200)
        #expect(try ping(Login("captain", "wrong")) == 401)
    }

    @Test("a restart keeps what is held, a back door shows it, a stop leaves nothing")
    func restarts() throws {
        let registry = try DockerRegistry()
        let image = ImageMaker().names[0]
        try Seeder(registry.endpoint).push(Shape())
        try registry.restart()
        let door = try registry.backDoor()
        for place in [registry.endpoint, door.endpoint] {
            #expect(try Verifier.tags(of: image.repository, RawClient(place)) == ["v001"])
        }
        try registry.restart(with: .empty)
        #expect(try Verifier.tags(of: image.repository, RawClient(registry.endpoint)) == [])
        registry.stop()
        #expect(throws: LabError.self) { try RawClient(registry.endpoint).send("GET", "/v2/") }
    }
}

import Foundation
import Lab
import Testing

@Suite("TLS", .serialized, .timeLimit(.minutes(2))) struct TLSTests {
    private let authority: TestCA
    private let davit: Davit

    init() throws {
        authority = try TestCA()
        davit = try Davit()
        let files = [
            ("ca.pem", authority.certificate), ("client.pem", authority.clientCertificate),
            ("client.key", authority.clientKey),
        ]
        for (name, path) in files {
            try davit.write(try String(contentsOfFile: path, encoding: .utf8), at: "manifests/\(name)")
        }
    }

    /// Two registries that speak TLS, the first seeded.
    private func registries(clientCertificates: Bool) throws -> (DockerRegistry, DockerRegistry) {
        let options = DockerRegistry.Options {
            $0.tls = authority
            $0.clientCertificates = clientCertificates
        }
        let pair = try (DockerRegistry(options), DockerRegistry(options))
        let door = try pair.0.backDoor()
        try withExtendedLifetime(door) { _ = try Seeder(door.endpoint).push(Shape()) }
        return pair
    }

    private func reconcile(_ pair: (DockerRegistry, DockerRegistry), tls: String) async throws -> Outcome {
        try davit.write(
            Rule().yaml(from: "left", to: "right") + Rule.registry("left", pair.0.host, ", tls: { \(tls) }")
                + Rule.registry("right", pair.1.host, ", tls: { \(tls) }"))
        return try await davit("reconcile")
    }

    @Test(
        "an authority of one's own is trusted where it is named, and nowhere else; keys of TLS mean TLS, also on loopback"
    )
    func ownAuthority() async throws {
        let pair = try registries(clientCertificates: false)
        let refused = try await reconcile(pair, tls: "plainHTTP: false")
        #expect(refused.status == 1)
        #expect(
            refused.errors.contains("source: cannot list tags lab/r001 at \(pair.0.host): not trusted ("),
            "\(refused.errors)")
        let pass = try await reconcile(pair, tls: "caFile: ca.pem")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        try verify(pair)
    }

    @Test("verification can be left out")
    func skips() async throws {
        let pair = try registries(clientCertificates: false)
        let pass = try await reconcile(pair, tls: "plainHTTP: false, insecureSkipVerify: true")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        try verify(pair)
    }

    @Test("a client certificate is shown where it is named")
    func clientCertificate() async throws {
        let pair = try registries(clientCertificates: true)
        let refused = try await reconcile(pair, tls: "caFile: ca.pem")
        #expect(refused.status == 1)
        #expect(
            refused.errors.contains("source: cannot list tags lab/r001 at \(pair.0.host): "),
            "\(refused.errors)")
        let shown = "plainHTTP: false, caFile: ca.pem, clientCertificate: client.pem, clientKey: client.key"
        let pass = try await reconcile(pair, tls: shown)
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        try verify(pair)
    }

    private func verify(_ pair: (DockerRegistry, DockerRegistry)) throws {
        let doors = try (pair.0.backDoor(), pair.1.backDoor())
        let verifier = Verifier(source: doors.0.endpoint, destination: doors.1.endpoint)
        #expect(try withExtendedLifetime(doors) { try verifier.differences(Shape()) } == [])
    }
}

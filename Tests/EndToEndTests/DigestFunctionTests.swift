import Lab
import Testing

@Suite("Digests of two functions", .timeLimit(.minutes(2))) struct DigestFunctionTests {
    @Test("what one side names by sha512 and the other by sha256 is in sync once it is copied")
    func settles() async throws {
        let source = try ScriptedRegistry()
        let destination = try DockerRegistry()
        try source.hold(ImageMaker(Shape { $0.algorithm = .sha512 }).image())
        let davit = try Davit()
        try davit.write(Rule().yaml(from: source.host, to: destination.host))
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        let diff = try await davit("diff")
        #expect(diff.status == 0, "\(diff.output)\(diff.errors)")
        #expect(diff.output.contains("= 1 in sync"), "\(diff.output)")
    }
}

import Foundation
import Lab
import Testing

@Suite("Registries that are not there or say no", .serialized, .timeLimit(.minutes(2))) struct AbsenceTests {
    private let shape = Shape { $0.tags = 2 }

    @Test(
        "a dead side is told with its address", arguments: ["source", "destination"], ["diff", "reconcile"])
    func dead(side: String, command: String) async throws {
        let crossing = try Crossing(shape)
        let nowhere = "127.0.0.1:9"
        let isSource = side == "source"
        try crossing.davit.write(
            Rule().yaml(
                from: isSource ? nowhere : crossing.from.host, to: isSource ? crossing.to.host : nowhere))
        let outcome = try await crossing.davit(command)
        #expect(outcome.status == 1)
        let told = outcome.errors + outcome.output
        #expect(told.contains("\(side): cannot "), "\(told)")
        #expect(told.contains("at \(nowhere): no connection"), "\(told)")
        if command == "reconcile" {
            #expect(outcome.output.hasPrefix(isSource ? "failed: nothing" : "x failed"))
        }
        #expect(outcome.wall < 30)
    }

    @Test("a list that fails makes the pass fail, though the rest is copied")
    func failedList() async throws {
        let crossing = try Crossing(Shape { $0.repositories = 2 })
        try crossing.write(
            Rule { $0.images = [Rule.all("lab/r001"), Rule.all("lab/r002"), Rule.all("lab/r009")] })
        crossing.from.setHook { request in
            request.kind == "GET tags/list" && request.route.repository == "lab/r001" ? .answer(403) : .pass
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 1)
        #expect(pass.errors.contains("source: cannot list tags lab/r001 at \(crossing.from.host): denied"))
        #expect(
            pass.errors.contains("source: \(crossing.from.host) has no repository lab/r009"), "\(pass.errors)"
        )
        #expect(pass.output.hasPrefix("failed in part: 1 copied\n"), "\(pass.output)")
        #expect(try crossing.heldTags(in: "lab/r002") == ["v001"])
    }

    @Test("a registry that keeps tags immutable blocks, with 3")
    func immutable() async throws {
        let crossing = try Crossing(shape)
        try crossing.write()
        let answer = ScriptedResponse.error(400, "TAG_INVALID", "the tag is immutable")
        crossing.to.setHook(Fault("PUT manifest by tag", of: "v001", .answer(answer)).callAsFunction)
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 3)
        #expect(pass.output.contains("! blocked \(crossing.to.host)/lab/r001:v001"), "\(pass.output)")
        #expect(pass.output.contains("immutable tag"))
        #expect(try crossing.heldTags() == ["v002"])
    }

    @Test("a refused mount becomes an upload", arguments: [404, 405, 403])
    func refusedMounts(status: Int) async throws {
        let shape = Shape {
            $0.repositories = 3
            $0.shareAcross = 0.4
        }
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } })
        crossing.to.setHook(Fault("POST mount", .answer(status)).callAsFunction)
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("a registry that takes no foreign layers is told of by what it says")
    func foreignLayers() async throws {
        let crossing = try Crossing(nil, destination: .init { $0.foreignLayers = false })
        try crossing.seed([try ImageMaker().foreignLayer(), try ImageMaker().image()])
        try crossing.write()
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(cause.side == "destination" && cause.subject == "lab/r001:foreign", "\(cause)")
        #expect(!cause.detail.isEmpty)
        #expect(try crossing.heldTags() == ["v001"])
    }

    @Test("a name that leads nowhere is told")
    func unknownHost() async throws {
        let crossing = try Crossing(shape)
        try crossing.davit.write(Rule().yaml(from: "registry.invalid", to: crossing.to.host))
        let outcome = try await crossing.davit("diff")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("at registry.invalid: unknown host"), "\(outcome.errors)")
    }
}

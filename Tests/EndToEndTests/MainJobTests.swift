import Foundation
import Lab
import Testing

@Suite("The main job", .serialized, .timeLimit(.minutes(2))) struct MainJobTests {
    private let shape = Shape {
        $0.repositories = 2
        $0.tags = 2
        $0.media = .mix
        $0.shareAcross = 0.4
    }

    private func crossing() throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = [Rule.all("lab/r001"), Rule.all("lab/r002")] })
        return crossing
    }

    @Test("desired state becomes real, and a second pass does nothing")
    func wholeWay() async throws {
        let crossing = try crossing()
        let davit = crossing.davit
        let valid = try await davit("validate")
        #expect(valid.status == 0)
        #expect(valid.output == "valid: 1 rule, 2 registries, 0 credentials\n")
        let before = try await davit("diff")
        #expect(before.status == 2, "\(before.errors)")
        #expect(before.output.contains("differences: 4 to copy"))
        #expect(crossing.writes == 0)
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.output.hasPrefix("converged: 4 copied\n"))
        let after = try await davit("diff")
        #expect(after.status == 0)
        #expect(after.output.contains("in sync: 4 in sync"))
        crossing.reset()
        let again = try await davit("reconcile")
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("converged: 4 in sync\n"))
        #expect(crossing.writes == 0)
        #expect(crossing.from.counts["GET blob"] == 0)
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("skopeo sees the same manifests and the same bytes", .enabled(if: Skopeo.isInstalled))
    func judged() async throws {
        let crossing = try crossing()
        #expect(try await crossing.davit("reconcile").status == 0)
        for tag in shape.tagNames {
            let names = [crossing.source, crossing.destination].map { "\($0.host)/lab/r002:\(tag)" }
            #expect(try await Skopeo().raw(names[0]) == Skopeo().raw(names[1]))
            #expect(try await Skopeo().differences(names[0], names[1]) == [])
        }
    }
}

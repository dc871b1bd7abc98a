import Foundation
import Lab
import Testing

/// Ends without a warning, at places that a seed chooses.
///
/// `DAVIT_KILL_POINTS` says how many places are tried; fifty where it says nothing.
@Suite("kill -9", .serialized, .timeLimit(.minutes(10))) struct KillTests {
    private static let points: Int = {
        let asked = ProcessInfo.processInfo.environment["DAVIT_KILL_POINTS"].flatMap { Int($0) }
        return max(1, asked ?? 50)
    }()

    private let shape = Shape {
        $0.repositories = 3
        $0.tags = 3
        $0.layerSizes = [300_000, 4_000, 2_000]
        $0.shareAcross = 0.34
        $0.media = .mix
    }

    /// Has each round copy to a place of its own, so that the registries can stay.
    private func write(round: Int, _ crossing: Crossing, _ davit: Davit) throws {
        let rule = Rule {
            $0.images = shape.repositoryNames.map { Rule.all($0) }
            $0.destination = "repository: \"round-\(round)/{name}\""
        }
        try davit.write(rule.yaml(from: crossing.from.host, to: crossing.to.host))
    }

    private func differences(round: Int, _ crossing: Crossing) async throws -> [String] {
        var all: [String] = []
        for name in shape.repositoryNames {
            let copy = "round-\(round)/\(name.split(separator: "/").last ?? "")"
            all += try await crossing.differences(in: name, at: copy)
        }
        return all
    }

    /// How many requests a pass takes that nobody ends.
    private func wholeLength(_ crossing: Crossing) async throws -> Int {
        let davit = try Davit()
        try write(round: 0, crossing, davit)
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        return crossing.requests
    }

    @Test("wherever it falls, the next pass converges")
    func converges() async throws {
        let crossing = try Crossing(shape)
        let length = try await wholeLength(crossing)
        var random = Random(seed: 9)
        for round in 1...Self.points {
            let place = Int.random(in: 1...length, using: &random)
            let delay = Double.random(in: 0..<0.02, using: &random)
            let davit = try Davit()
            try write(round: round, crossing, davit)
            let killed = try await self.killed(davit, crossing, Blow(atRequest: place, delay: delay))
            // A blow at the last requests may come too late.
            #expect(killed.status == 128 + SIGKILL || place > length * 9 / 10, "\(place): \(killed.errors)")
            let pass = try await davit("reconcile")
            #expect(pass.status == 0, "at request \(place): \(pass.output)\(pass.errors)")
            #expect(try await differences(round: round, crossing) == [], "at request \(place)")
        }
        #expect(try crossing.destination.wrongBytes() == [])
    }

    @Test("one of two that work side by side is ended, and the other brings all")
    func leavesTheOther() async throws {
        let crossing = try Crossing(shape)
        let davit = try Davit()
        try write(round: 1, crossing, davit)
        let other = try davit.start("reconcile")
        _ = try await killed(davit, crossing, Blow(atRequest: 60))
        let pass = try await other.end()
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await differences(round: 1, crossing) == [])
    }

    /// A pass that a blow ends.
    private func killed(_ davit: Davit, _ crossing: Crossing, _ blow: Blow) async throws -> Outcome {
        crossing.from.setHook { blow($0) }
        crossing.to.setHook { blow($0) }
        defer {
            crossing.from.setHook { _ in .pass }
            crossing.to.setHook { _ in .pass }
        }
        let running = try davit.start("reconcile")
        blow.falls { running.signal(SIGKILL) }
        return try await running.end()
    }
}

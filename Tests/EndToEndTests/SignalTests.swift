import Foundation
import Lab
import Testing

@Suite("Signals, crashes, and two at once", .serialized, .timeLimit(.minutes(2))) struct SignalTests {
    private let shape = Shape { $0.tags = 6 }

    /// Images one at a time, each upload held back.
    private func slow(_ seconds: Double) throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.more = ["concurrency: 1"] })
        crossing.to.setHook(Fault("PUT manifest by tag", .hold(seconds: seconds)).callAsFunction)
        return crossing
    }

    /// Begins a pass, and sends a signal once so many requests of a kind have come. All on one thread: a test
    /// that waits for its turn in between would signal too late.
    private func stopped(
        _ crossing: Crossing, by signal: Int32, at kind: String = "PUT manifest by tag", count: Int = 1,
        options: [String] = []
    ) async throws -> RunningProgram {
        let running = try crossing.davit.program(["reconcile", crossing.davit.manifests] + options).start()
        let isBegun = try await offPool {
            defer { running.signal(signal) }
            return eventually(within: 30) { crossing.to.counts[kind] + crossing.from.counts[kind] >= count }
        }
        #expect(isBegun)
        return running
    }

    @Test("a signal lets the images in flight end, reports, and ends with 1", arguments: [SIGTERM, SIGINT])
    func drains(signal: Int32) async throws {
        let crossing = try slow(0.7)
        let report = crossing.davit.file("report.json")
        let running = try await stopped(crossing, by: signal, options: ["--report", report])
        let pass = try await running.end(timeout: 30)
        #expect(pass.status == 1)
        #expect(pass.output.contains("interrupted: 1 copied, 5 cancelled"), "\(pass.output)\(pass.errors)")
        #expect(try crossing.heldTags() == ["v001"])
        let told = try ReportJSON(text: crossing.davit.text("report.json"))
        #expect(told.pass.interrupted && told.exitCode == 1)
        #expect(told.counts["cancelled"] == 5)
        let whole = try await crossing.differences(in: "lab/r001", tags: ["v001"])
        #expect(whole == [])
    }

    @Test("a second signal ends it at once")
    func endsAtOnce() async throws {
        let crossing = try slow(60)
        let running = try await stopped(crossing, by: SIGTERM)
        let isTold = try await offPool {
            defer { running.signal(SIGTERM) }
            return eventually(within: 5) { running.errorsSoFar.contains("warning: stopping: ") }
        }
        #expect(isTold, "\(running.errorsSoFar)")
        let pass = try await running.end(timeout: 30)
        #expect(pass.status == 1)
        #expect(pass.wall < 20)
        #expect(pass.output.contains("interrupted: 6 cancelled"), "\(pass.output)")
    }

    @Test("a signal while lists are read ends it too")
    func endsLooking() async throws {
        let crossing = try Crossing(shape)
        try crossing.write()
        crossing.from.setHook(Fault("GET tags/list", .hold(seconds: 60)).callAsFunction)
        let running = try await stopped(crossing, by: SIGTERM, at: "GET tags/list")
        running.signal(SIGINT)
        let pass = try await running.end(timeout: 40)
        #expect(pass.status == 1, "\(pass.output)\(pass.errors)")
        #expect(pass.wall < 35)
    }

    @Test("after kill -9 in mid-pass the next pass converges")
    func survivesKill() async throws {
        let crossing = try slow(0.3)
        let running = try await stopped(crossing, by: SIGKILL, count: 3)
        #expect(try await running.end().status == 128 + SIGKILL)
        crossing.to.setHook { _ in .pass }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("two passes over one rule set at once both converge, and send at most twice the least")
    func twoAtOnce() async throws {
        let shape = Shape {
            $0.repositories = 2
            $0.tags = 2
            $0.shareAcross = 0.4
        }
        let crossing = try Crossing(shape)
        let least = try await leastBytes(shape)
        for round in 1...20 {
            try crossing.write(
                Rule {
                    $0.images = shape.repositoryNames.map { Rule.all($0) }
                    $0.destination = "repository: \"round-\(round)/{name}\""
                })
            crossing.reset()
            async let one = crossing.davit("reconcile")
            async let other = crossing.davit("reconcile")
            for pass in try await [one, other] { #expect(pass.status == 0, "\(pass.output)\(pass.errors)") }
            #expect(crossing.to.counts.uploadBytes <= 2 * least)
            for (place, name) in shape.repositoryNames.enumerated() {
                let copy = "round-\(round)/r00\(place + 1)"
                #expect(try await crossing.differences(in: name, at: copy) == [])
            }
        }
    }

    /// What one pass alone sends.
    private func leastBytes(_ shape: Shape) async throws -> Int {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } })
        #expect(try await crossing.davit("reconcile").status == 0)
        return crossing.to.counts.uploadBytes
    }
}

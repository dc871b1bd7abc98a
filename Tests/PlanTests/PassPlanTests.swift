import Foundation
import OCI
import Plan
import Testing

import struct Lab.Random

@Suite("PassPlan") struct PassPlanTests {
    private func plan(_ verdicts: [Verdict], acknowledged: Bool = false) throws -> PassPlan {
        var plan = PassPlan(cost: .exact)
        let document = ObservedManifest(try Observed.image(["config", "base"]))
        plan.images = try verdicts.enumerated().map { number, verdict in
            let look = Observed.fresh(try Observed.claim("team/r\(number)"), [document])
            var planned = Observed.plan([look])[0]
            planned.verdict = verdict
            planned.acknowledged = acknowledged
            return planned
        }
        return plan
    }

    @Test(
        "has the manual's exit codes, the first that applies",
        arguments: [
            ([], 0), ([.inSync], 0), ([.copy], 2), ([.update, .inSync], 2), ([.blocked, .copy], 3),
            ([.missing, .blocked, .copy], 1), ([.failed], 1), ([.missing], 1),
        ] as [([Verdict], Int32)])
    func exitCode(verdicts: [Verdict], code: Int32) throws {
        var plan = try plan(verdicts)
        #expect(plan.exitCode == code)
        plan.warnings = ["mind this"]
        #expect(plan.exitCode == code)
        plan.faults = ["no list"]
        #expect(plan.exitCode == 1)
    }

    @Test("takes an accepted refusal for no difference")
    func acknowledged() throws {
        #expect(try plan([.blocked], acknowledged: true).exitCode == 0)
        #expect(try plan([.blocked, .copy], acknowledged: true).exitCode == 2)
    }

    @Test("counts and sums")
    func sums() throws {
        let plan = try plan([.copy, .copy, .inSync])
        #expect(plan.count(.copy) == 2)
        #expect(plan.count(.failed) == 0)
        #expect(plan.total.uploads == 6)
        #expect(plan.total.bytes == plan.images.reduce(0) { $0 + $1.cost.bytes })
    }

    @Test("reads what it wrote")
    func codes() throws {
        var plan = try plan(Verdict.allCases)
        plan.faults = ["a"]
        plan.lookRequests = 9
        let data = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(PassPlan.self, from: data) == plan)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"in-sync\""))
        #expect(text.contains("\"put-tag\""))
    }

    @Test("has a sign of its own for each verdict")
    func signs() {
        #expect(Verdict.allCases.map(\.sign) == ["+", "~", "*", "=", "!", "?", ">", "x"])
        #expect(Verdict.allCases.filter(\.isChange) == [.copy, .update, .incomplete])
    }

    @Test("gives the same plan for the same looks, and changes with their order alone", arguments: 0..<20)
    func isAFold(seed: Int) throws {
        var random = Random(seed: UInt64(seed))
        let images = try (0..<Int.random(in: 1...12, using: &random)).map { number in
            let blobs =
                ["config \(number)"] + (0..<3).map { _ in "layer \(Int.random(in: 0..<5, using: &random))" }
            let claim = try Observed.claim("team/r\(Int.random(in: 0..<4, using: &random))", "v\(number)")
            return Observed.fresh(claim, [ObservedManifest(try Observed.image(blobs))])
        }
        #expect(Observed.plan(images) == Observed.plan(images))
        // Whatever the order, each blob goes up once, and each repository gets what it lacks.
        let shuffled = Observed.plan(images.shuffled(using: &random))
        let uploads = shuffled.flatMap(\.steps).filter { $0.action == .upload }
        #expect(Set(uploads.map(\.digest)).count == uploads.count)
        #expect(
            shuffled.reduce(Cost()) { $0 + $1.cost } == Observed.plan(images).reduce(Cost()) { $0 + $1.cost })
    }
}

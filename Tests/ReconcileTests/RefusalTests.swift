import Desired
import Lab
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Pass, of rules that may not write any more") struct RefusalTests {
    let yard = Yard()

    @Test("leaves what is not begun, tells it, and does not count it as failed")
    func stopped() async throws {
        for tag in ["v1", "v2", "v3"] { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
        let rule = try Yard.rule(["team/app": ["v1", "v2", "v3"]]) { $0.concurrency = 1 }
        let asked = Guarded(0)
        let report = await yard.pass([rule]) { options in
            options.refusal = { name in
                guard name == "rule" else { return nil }
                let count = asked.with { count in
                    count += 1
                    return count
                }
                return count > 1 ? "its lease was taken by another run" : nil
            }
        }.reconcile()
        #expect(report.count(.copied) == 1 && report.count(.skipped) == 2)
        let left = report.images.filter { $0.result == .skipped }
        #expect(left.allSatisfy { $0.reason == "its lease was taken by another run" })
        #expect(report.exitCode == 3)
        let puts = await yard.writes.count { if case .put = $0 { true } else { false } }
        #expect(puts == 1)
    }

    @Test("a refused rule makes an exit code of its own, behind a failure")
    func exitCode() {
        var report = PassReport()
        report.refusals = ["rule a: another run is at it"]
        #expect(report.exitCode == 3)
        report.faults = ["rule b: source: no"]
        #expect(report.exitCode == 1)
    }
}

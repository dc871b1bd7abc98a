import Desired
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Sources that count pulls", .timeLimit(.minutes(3))) struct PullTests {
    /// Twenty indexes of four platforms at a source that lets so many manifests be read.
    private func yard(_ left: Int, reserve: PullReserve = .percent(10)) async throws
        -> (source: MemoryRegistry, destination: MemoryRegistry, pass: ([Replication]) -> Pass)
    {
        var options = MemoryRegistry.Options()
        options.quota = PullQuota(limit: 100, left: left, window: 21_600)
        options.reserve = reserve
        let (source, destination) = (
            MemoryRegistry(place: "source.test", options: options), MemoryRegistry(place: "destination.test")
        )
        for number in 0..<20 {
            let children = try ["amd64", "arm64", "s390x", "riscv64"].map {
                (platform: $0, image: try SampleImage("\($0) \(number)"))
            }
            try await source.hold(SampleImage(index: children), "team/app", "v\(number + 10)")
        }
        var passing = Pass.Options()
        passing.patience = .seconds(3600)
        passing.pause = { _ in }
        let places = Places(["from": source, "to": destination])
        return (
            source, destination,
            { [passing] rules in Pass(DesiredState(rules: rules), places: places, options: passing) }
        )
    }

    private let tags = (10..<30).map { "v\($0)" }

    @Test("an image that would touch the reserve is not begun, and an index costs its children")
    func reserve() async throws {
        let yard = try await yard(100)
        let report = await yard.pass([try Yard.rule(["team/app": tags])]).reconcile()
        // 90 pulls make 18 images of 5; the manifests that were read of others are few.
        #expect(report.count(.copied) >= 15 && report.count(.copied) <= 18)
        #expect(report.count(.copied) + report.count(.deferred) == 20)
        #expect((await yard.source.pullQuota()?.left ?? 0) >= 10)
        #expect(report.exitCode == 2)
        #expect(report.warnings.count == 1)
        #expect(report.warnings.first?.contains("are deferred until the quota's window turns") == true)
        #expect(report.images.filter { $0.result == .deferred }.allSatisfy { $0.tries == 1 })
        // What was set aside was given back.
        #expect(await yard.source.setAside(pulls: (yard.source.pullQuota()?.left ?? 0) - 10) == nil)
    }

    @Test("all rules of a source share its quota")
    func shared() async throws {
        let yard = try await yard(60, reserve: .pulls(0))
        let rules = [
            try Yard.rule(["team/app": Array(tags.prefix(10))], name: "a"),
            try Yard.rule(["team/app": Array(tags.suffix(10))], name: "b"),
        ]
        let report = await yard.pass(rules).reconcile()
        #expect((await yard.source.pullQuota()?.left ?? -1) >= 0)
        #expect(report.count(.copied) >= 9 && report.count(.copied) <= 12)
        #expect(report.count(.failed) == 0)
        #expect(report.count(.deferred) == 20 - report.count(.copied))
    }

    @Test("once the window has turned, the rest is copied")
    func window() async throws {
        let poor = try await yard(10)
        let report = await poor.pass([try Yard.rule(["team/app": tags])]).reconcile()
        #expect(report.count(.deferred) == 20)
        #expect(await poor.source.pullQuota()?.left == 10)
        #expect(await poor.destination.calls.filter(\.isWrite).isEmpty)
    }

    @Test("an image that is in sync costs nothing, with no pull left")
    func inSync() async throws {
        let yard = try await yard(0)
        for number in 0..<20 {
            let children = try ["amd64", "arm64", "s390x", "riscv64"].map {
                (platform: $0, image: try SampleImage("\($0) \(number)"))
            }
            try await yard.destination.hold(SampleImage(index: children), "team/app", "v\(number + 10)")
        }
        let report = await yard.pass([try Yard.rule(["team/app": tags])]).reconcile()
        #expect(report.count(.inSync) == 20 && report.exitCode == 0)
    }

    @Test("a diff tells the pulls needed and left")
    func forecast() async throws {
        let yard = try await yard(100)
        let plan = await yard.pass([try Yard.rule(["team/app": Array(tags.prefix(3))])]).diff().plan
        #expect(plan.pulls == [PullForecast(source: "source.test", needed: 15, left: 85, limit: 100)])
        #expect(plan.exitCode == 2)
    }

    @Test("a diff under the reserve defers, and reads nothing")
    func poorDiff() async throws {
        let yard = try await yard(10)
        let plan = await yard.pass([try Yard.rule(["team/app": tags])]).diff().plan
        #expect(plan.count(.deferred) == 20 && plan.exitCode == 2)
        #expect(plan.pulls == [PullForecast(source: "source.test", needed: 20, left: 10, limit: 100)])
    }
}

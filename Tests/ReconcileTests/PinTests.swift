import Desired
import OCI
import Plan
import Registry
import Synchronization
import Testing

@testable import Reconcile

@Suite("Pass, with pins and policies") struct PinTests {
    let yard = Yard()
    let app: RepositoryName
    let pinned: SampleImage
    let moved: SampleImage

    init() throws {
        app = try RepositoryName("team/app")
        (pinned, moved) = (try SampleImage("pinned"), try SampleImage("moved"))
    }

    private func rules() throws -> [Replication] {
        let entry = ImageEntry(repositories: .named(app), pins: [try Tag("v1"): pinned.digest])
        return [
            Replication(
                name: "rule", source: "from", destination: Destination(registry: "to"), images: [entry])
        ]
    }

    @Test("copies the pinned digest by its digest, where the tag has moved")
    func copiesThePin() async throws {
        try await yard.source.hold(pinned, "team/app", "v1")
        try await yard.source.hold(moved, "team/app", "v1")
        let report = await yard.pass(try rules()).reconcile()
        #expect(report.images.map(\.result) == [.copied])
        #expect(try await yard.destination.digest("team/app", "v1") == pinned.digest)
        let again = await yard.diff(try rules())
        #expect(again.images[0].verdict == .inSync)
        #expect(again.images[0].reason.contains("the source's tag has moved to \(moved.digest.short)"))
    }

    @Test("finds the pinned digest where the tag is gone")
    func tagIsGone() async throws {
        try await yard.source.hold(pinned, "team/app", "other")
        try await yard.destination.hold(moved, "team/app", "v1")
        let report = await yard.pass(try rules()).reconcile()
        #expect(report.images.map(\.result) == [.updated])
        #expect(try await yard.destination.digest("team/app", "v1") == pinned.digest)
        let again = await yard.diff(try rules())
        #expect(
            again.images[0].reason
                == "same digest; the source has no such tag, the pin holds \(pinned.digest.short)")
    }

    @Test("needs nothing of the source where the destination has the pinned digest")
    func isHeld() async throws {
        try await yard.destination.hold(pinned, "team/app", "v1")
        let report = await yard.pass(try rules()).reconcile()
        #expect(report.images.map(\.result) == [.inSync])
        #expect(report.exitCode == 0)
    }

    @Test("tells that the pinned digest is gone", arguments: [true, false])
    func isGone(tagIsThere: Bool) async throws {
        if tagIsThere { try await yard.source.hold(moved, "team/app", "v1") }
        let report = await yard.pass(try rules()).reconcile()
        #expect(report.images.map(\.result) == [.missing])
        let both = "the source has neither the tag nor the pinned \(pinned.digest.short)"
        let gone = "the pinned \(pinned.digest.short) is gone at the source"
        #expect(report.images[0].reason == (tagIsThere ? gone : both))
        #expect(report.exitCode == 1)
        #expect(await yard.writes.isEmpty)
    }

    @Test("moves no tag where the rule forbids it, and reads nothing for it")
    func neverOverwrites() async throws {
        try await yard.source.hold(moved, "team/app", "v1")
        try await yard.destination.hold(pinned, "team/app", "v1")
        let report = await yard.pass([try Yard.rule(["team/app": ["v1"]], overwrite: .never)]).reconcile()
        #expect(report.images.map(\.result) == [.blocked])
        #expect(report.exitCode == 3)
        #expect(try await yard.source.calls == [.resolve(.tag(Tag("v1")), app)])
        #expect(await yard.writes.isEmpty)
    }

    @Test("tells a tag that the source lacks", arguments: [true, false])
    func isMissing(destinationHasIt: Bool) async throws {
        try await yard.source.hold(moved, "team/app", "v2")
        if destinationHasIt { try await yard.destination.hold(pinned, "team/app", "v1") }
        let report = await yard.pass([try Yard.rule(["team/app": ["v1"]])]).reconcile()
        #expect(report.images.map(\.result) == [.missing])
        #expect(report.exitCode == 1)
    }

    @Test("refuses an index that names what the source lacks, and writes no tag")
    func brokenIndex() async throws {
        let child = try SampleImage("child")
        try await yard.source.hold(SampleImage(index: [("amd64", child)]), "team/app", "v1")
        await yard.source.remove(child.digest, in: app)
        let report = await yard.pass([try Yard.rule(["team/app": ["v1"]])]).reconcile()
        #expect(report.images.map(\.result) == [.failed])
        #expect(
            report.images[0].cause?.detail == "its index names \(child.digest.short), which the source lacks")
        #expect(await yard.destination.holdings.isEmpty)
    }

    @Test("reads no deeper than eight levels of indexes")
    func depth() async throws {
        var image = try SampleImage("leaf")
        for _ in 0..<7 { image = try SampleImage(index: [("amd64", image)]) }
        try await yard.source.hold(image, "team/app", "v7")
        image = try SampleImage(index: [("amd64", image)])
        try await yard.source.hold(image, "team/app", "v8")
        let report = await yard.pass([try Yard.rule(["team/app": ["v7", "v8"]])]).reconcile()
        #expect(report.images.map(\.result) == [.copied, .failed])
        #expect(report.images[1].cause?.kind == "malformed answer")
    }

    @Test("tells what happens, in order")
    func tells() async throws {
        try await yard.source.hold(pinned, "team/app", "v1")
        _ = await yard.pass([try Yard.rule(["team/app": ["v1", "v2"]])]).reconcile()
        let lines = yard.events.withLock(\.self).map { event in
            switch event {
            case .selected(let images): "selected \(images)"
            case .planned(let planned): "planned \(planned.tag)"
            case .copying(let planned): "copying \(planned.tag)"
            case .ended(let outcome): "\(outcome.result.rawValue) \(outcome.destination)"
            case .postponed(let outcome): "postponed \(outcome.destination)"
            case .retrying(let images, let round): "retrying \(images) in round \(round)"
            case .relisting, .waiting: "\(event)"
            }
        }
        #expect(lines.contains("copying v1"))
        #expect(lines.contains("missing destination.test/team/app:v2"))
        #expect(lines.last { $0.hasSuffix(":v1") } == "copied destination.test/team/app:v1")
    }
}

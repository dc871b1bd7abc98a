import Desired
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

/// Plans that somebody made by hand, whole and with a right digest, for images that the rules do ask for.
@Suite("Pass, from a hostile plan") struct HostilePlanTests {
    private let yard = Yard()
    private let (image, other): (SampleImage, SampleImage)
    private let note: SampleImage
    private let (signature, foreign): (SampleImage, SampleImage)

    init() throws {
        image = try SampleImage("config", layers: ["base"])
        other = try SampleImage("other", layers: ["base"])
        note = try SampleImage(about: image.top, "a note")
        signature = try SampleImage("signature of the image")
        foreign = try SampleImage("signature of the other")
    }

    /// A source with an image and one that no rule asks for, each signed, and a rule for the first.
    private func rules(_ tags: [String] = ["v1"]) async throws -> [Replication] {
        for tag in tags { try await yard.source.hold(image, "team/app", tag) }
        try await yard.source.hold(other, "team/app", "x1")
        try await yard.source.hold(signature, "team/app", tag(of: image))
        try await yard.source.hold(foreign, "team/app", tag(of: other))
        try await yard.source.hold([note], about: image.digest, "team/app")
        return [try Yard.rule(["team/app": tags]) { $0.referrers = ReferrerPolicy() }]
    }

    private func tag(of image: SampleImage) -> String {
        AttachedTag.signature.tag(for: image.digest).description
    }

    /// Applies a plan that was changed.
    private func apply(
        _ rules: [Replication], _ how: Pass.Applying = .init(),
        _ change: (inout ObservedImage) throws -> Void
    ) async throws -> PassReport {
        let plan = try yard.read(try await yard.forge(rules, change), rules)
        await yard.forgetCalls()
        return await yard.pass(rules).apply(plan, how)
    }

    private func signature(_ document: SampleImage, of subject: Digest) -> ObservedReferrer {
        ObservedReferrer(
            subject: subject, kind: .signature, digest: document.digest,
            content: document.manifests.map { ObservedManifest($0) })
    }

    @Test("what was not changed is applied")
    func whole() async throws {
        let report = try await apply(try await rules()) { _ in }
        #expect(report.exitCode == 0 && report.count(.copied) == 1, "\(report.images)")
        #expect(try await yard.destination.digest("team/app", tag(of: image)) == signature.digest)
    }

    @Test("a signature under another's tag is refused", arguments: [true, false])
    func otherSignature(isInSync: Bool) async throws {
        let rules = try await rules()
        if isInSync { try await yard.destination.hold(image, "team/app", "v1") }
        let report = try await apply(rules) { look in
            look.referrers = [signature(foreign, of: image.digest)]
            look.referrerLists = []
        }
        #expect(report.exitCode == 3 && report.count(.stale) == 1, "\(report.images)")
        #expect(await yard.writes.isEmpty)
    }

    @Test(
        "so is one that is said to have been lost there, which would be put by its digest",
        arguments: [true, false])
    func lostSignature(isInSync: Bool) async throws {
        let rules = try await rules()
        if isInSync { try await yard.destination.hold(image, "team/app", "v1") }
        let report = try await apply(rules) { look in
            var lost = signature(foreign, of: image.digest)
            lost.loss = Loss(manifests: [foreign.digest], blobs: [])
            (look.referrers, look.referrerLists) = ([lost], [])
        }
        #expect(report.exitCode == 3 && report.count(.stale) == 1, "\(report.images)")
        #expect(await yard.writes.isEmpty)
    }

    @Test("what hangs on an image that no rule asks for is refused", arguments: [true, false])
    func otherSubject(isInSync: Bool) async throws {
        let rules = try await rules()
        if isInSync { try await yard.destination.hold(image, "team/app", "v1") }
        let report = try await apply(rules) { look in
            look.referrers.append(signature(foreign, of: other.digest))
        }
        #expect(report.exitCode == 3 && report.count(.stale) == 1, "\(report.images)")
        #expect(report.images[0].reason.contains("which is no part of it"), "\(report.images)")
        #expect(await yard.writes.isEmpty)
    }

    @Test(
        "a list that is not the source's, or an entry that it does not have, is refused",
        arguments: [true, false])
    func otherList(hasSource: Bool) async throws {
        let rules = try await rules()
        let entry = note.entry.dropLast() + #", "annotations": {"verified": "yes"}}"#
        let list = try ReferrerIndex(Array(#"{"manifests": [\#(entry)]}"#.utf8))
        let report = try await apply(rules) { look in
            for index in look.referrers.indices where look.referrers[index].kind == .referrers {
                look.referrers[index].entry = list.entries[0]
            }
            look.referrerLists = look.referrerLists.map {
                ObservedReferrerList(subject: $0.subject, source: hasSource ? list : nil)
            }
            #expect(look.referrerLists.count == 1)
        }
        #expect(report.exitCode == 3 && report.count(.stale) == 1, "\(report.images)")
        #expect(await yard.writes.isEmpty)
    }

    @Test("with --skip-stale, what was refused for one image is not brought by its twin")
    func twin() async throws {
        let rules = try await rules(["v1", "v2"])
        for tag in ["v1", "v2"] { try await yard.destination.hold(image, "team/app", tag) }
        var how = Pass.Applying()
        how.skipsStale = true
        let report = try await apply(rules, how) { look in
            look.referrers = [signature(foreign, of: image.digest)]
            look.referrerLists = []
        }
        #expect(report.exitCode == 3 && report.count(.stale) == 1, "\(report.images)")
        #expect(await yard.writes.isEmpty)
    }

    @Test("what hangs on a child, or on what is there already, is the image's", arguments: [true, false])
    func led(isOnReferrer: Bool) async throws {
        let index = try SampleImage(index: [("amd64", image), ("arm64", other)])
        let subject = isOnReferrer ? note.digest : other.digest
        let late = try SampleImage("late signature")
        for registry in [yard.source, yard.destination] {
            try await registry.hold(index, "team/app", "v1")
            try await registry.hold([note], about: image.digest, "team/app")
        }
        let tag = AttachedTag.signature.tag(for: subject).description
        try await yard.source.hold(late, "team/app", tag)
        let rule = try Yard.rule(["team/app": ["v1"]]) { $0.referrers = ReferrerPolicy(recheck: .always) }
        let report = try await apply([rule]) { look in
            #expect(look.referrers.map(\.subject) == [subject])
        }
        #expect(report.exitCode == 0, "\(report.images)")
        #expect(try await yard.destination.digest("team/app", tag) == late.digest)
    }

    // MARK: - Platforms

    /// A source with an index, and a rule for one platform of it.
    private func parts() async throws -> (whole: SampleImage, rules: [Replication]) {
        let whole = try SampleImage(index: [("amd64", image), ("arm64", other)])
        try await yard.source.hold(whole, "team/app", "v1")
        try await yard.source.hold(signature, "team/app", tag(of: whole))
        let rule = try Yard.rule(["team/app": ["v1"]]) {
            $0.images[0].platforms = PlatformChoice([try PlatformSelector("linux/amd64")], flattens: false)
            $0.referrers = ReferrerPolicy()
        }
        return (whole, [rule])
    }

    @Test("a plan for the whole index, where a platform was chosen, is refused before anything is asked")
    func wholeIndex() async throws {
        let (whole, rules) = try await parts()
        let bytes = try await yard.forge(rules) { look in
            look.subset = PlatformSubset(whole.digest)
            look.content = whole.manifests.map { ObservedManifest($0) }
        }
        await yard.forgetCalls()
        #expect {
            _ = try yard.read(bytes, rules)
        } throws: { error in
            "\(error)".contains("is not what linux/amd64 leaves of it")
        }
        #expect(await yard.requests == 0)
    }

    @Test("what hangs on the whole index is refused where a platform was chosen")
    func wholeSigned() async throws {
        let (whole, rules) = try await parts()
        try await yard.destination.hold(whole, "team/app", "v1")
        let report = try await apply(rules) { look in
            look.subset = PlatformSubset(whole.digest)
            look.content = []
            look.referrers = [signature(signature, of: whole.digest)]
            look.referrerLists = []
        }
        #expect(report.exitCode == 3 && report.count(.stale) == 1, "\(report.images)")
        #expect(report.images[0].reason.contains("is not what linux/amd64 leaves of"), "\(report.images)")
        #expect(await yard.writes.isEmpty)
    }
}

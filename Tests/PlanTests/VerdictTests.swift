import Desired
import OCI
import Plan
import Testing

@Suite("Planner, what is to happen") struct VerdictTests {
    static let (old, new) = (Observed.digest("old"), Observed.digest("new"))

    struct Case: Sendable, CustomTestStringConvertible {
        var source: Sight
        var destination: Sight
        var pin: Digest?
        var overwrite = Overwrite.always
        var repository = RepositoryState.populated
        var verdict: Verdict
        var reason: String
        var testDescription: String { "\(verdict): \(reason)" }
    }

    static let cases: [Case] = [
        Case(source: .present(new), destination: .present(new), verdict: .inSync, reason: "same digest"),
        Case(source: .present(new), destination: .absent, verdict: .copy, reason: "destination lacks it"),
        Case(
            source: .present(new), destination: .absent, repository: .fresh, verdict: .copy,
            reason: "destination repository is new"),
        Case(
            source: .present(new), destination: .absent, repository: .unknown, verdict: .copy,
            reason: "destination lacks it"),
        Case(
            source: .present(new), destination: .absent, overwrite: .never, verdict: .copy,
            reason: "destination lacks it"),
        Case(
            source: .present(new), destination: .present(old), verdict: .update,
            reason: "the digests differ"),
        Case(
            source: .present(new), destination: .present(old), overwrite: .never, verdict: .blocked,
            reason: "overwrite: never, and the digests differ"),
        Case(
            source: .present(new), destination: .present(new), overwrite: .never, verdict: .inSync,
            reason: "same digest"),
        Case(source: .absent, destination: .absent, verdict: .missing, reason: "the source has no such tag"),
        Case(
            source: .absent, destination: .present(old), verdict: .missing,
            reason: "the source has no such tag"),
        // Pins: the digest is the rule's, whatever the source's tag says.
        Case(
            source: .present(new), destination: .present(new), pin: new, verdict: .inSync,
            reason: "same digest"),
        Case(
            source: .present(old), destination: .present(new), pin: new, verdict: .inSync,
            reason: "same digest; the source's tag has moved to \(old.short), the pin holds \(new.short)"),
        Case(
            source: .present(new), destination: .present(old), pin: old, verdict: .inSync,
            reason: "same digest; the source's tag has moved to \(new.short), the pin holds \(old.short)"),
        Case(source: .absent, destination: .present(new), pin: new, verdict: .inSync, reason: "same digest"),
        Case(
            source: .unasked, destination: .absent, pin: new, verdict: .copy, reason: "destination lacks it"),
        Case(
            source: .present(new), destination: .present(old), pin: new, verdict: .update,
            reason: "the digests differ"),
        Case(
            source: .absent, destination: .absent, pin: new, verdict: .missing,
            reason: "the pinned \(new.short) is gone at the source"),
        Case(
            source: .absent, destination: .present(old), pin: new, verdict: .missing,
            reason: "the pinned \(new.short) is gone at the source"),
        Case(
            source: .present(new), destination: .present(old), pin: new, overwrite: .never, verdict: .blocked,
            reason: "overwrite: never, and the digests differ"),
    ]

    @Test("says what, and why", arguments: cases)
    func judges(wanted: Case) throws {
        let claim = try Observed.claim(pin: wanted.pin, overwrite: wanted.overwrite)
        let look = Observed.look(claim, source: wanted.source, destination: wanted.destination) {
            $0.repository = wanted.repository
        }
        let planned = Observed.plan([look])[0]
        #expect(planned.verdict == wanted.verdict)
        #expect(planned.reason == wanted.reason)
        #expect(planned.wanted == wanted.pin ?? wanted.source.digest)
        #expect(planned.held == wanted.destination.digest)
        #expect(planned.steps.isEmpty)
        #expect(!planned.acknowledged)
    }

    @Test("tells a failed look as failed, whatever else was seen")
    func failed() throws {
        let look = Observed.look(
            try Observed.claim(), source: .present(Self.new), destination: .present(Self.new)
        ) {
            $0.failure = "no connection"
        }
        #expect(Observed.plan([look])[0].verdict == .failed)
        #expect(Observed.plan([look])[0].reason == "no connection")
    }

    @Test("names an image by its places, and marks what the rule accepts")
    func names() throws {
        let look = Observed.look(try Observed.claim("team/app", "v1", rule: "base", overwrite: .never)) {
            $0.source = .present(Self.new)
            $0.destination = .present(Self.old)
        }
        let planned = Observed.plan([look], acknowledged: ["team/app:v1"])[0]
        #expect(planned.source == "source.test/team/app:v1")
        #expect(planned.destination == "destination.test/team/app:v1")
        #expect(planned.rule == "base")
        #expect(planned.repository == "team/app")
        #expect(planned.tag == "v1")
        #expect(planned.acknowledged)
        #expect(!Observed.plan([look], acknowledged: ["team/app:v2"])[0].acknowledged)
    }
}

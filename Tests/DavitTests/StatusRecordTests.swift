import AWS
import Desired
import OCI
import Reconcile
import Testing

@testable import davit

@Suite("Records of images") struct StatusRecordTests {
    private func item(_ outcome: ImageOutcome) throws -> Item? {
        let place = try #require(ImagePlace(outcome.destination, at: ["to.test"]))
        return StatusRecord(
            place: place, outcome: outcome, times: ("begun", "ended"), execution: "pass", fence: 9,
            multiArchOption: "all"
        ).item
    }

    @Test(
        "what was done or failed is recorded, what is in sync or left out on purpose is not",
        arguments: [
            (ImageOutcome.Result.copied, "Done" as String?), (.updated, "Done"), (.repaired, "Done"),
            (.failed, "Error"), (.missing, "Error"), (.blocked, "Error"), (.stale, "Error"), (.inSync, nil),
            (.skipped, nil), (.deferred, nil), (.cancelled, nil),
        ] as [(ImageOutcome.Result, String?)])
    func status(result: ImageOutcome.Result, status: String?) throws {
        #expect(try item(outcome(result))?["Status"]?.text == status)
        #expect(try item(outcome(.blocked, acknowledged: true)) == nil)
    }

    @Test("a record has the Data Replication Hub's keys and attributes, and more")
    func attributes() throws {
        let failed = try outcome(.failed, "team/app:v1")
        let error = try #require(try item(failed))
        #expect(error["Image"] == .text("team/app") && error["Tag"] == .text("v1"))
        #expect(error["ErrorMessage"] == .text("because") && error["Cause"] == .text("failed"))
        #expect(error["Execution"] == .text("pass") && error["MultiArchOption"] == .text("all"))
        #expect(error["SourceDigest"]?.text == failed.wanted?.description && error["DestDigest"] == nil)
        #expect(error["Bytes"] == .number(7) && error["Fence"] == .number(9))
        #expect(error["StartedAt"] == .text("begun") && error["FinishedAt"] == .text("ended"))
        let done = try #require(try item(try outcome(.copied)))
        #expect(
            done["ErrorMessage"] == nil && done["Cause"] == nil && done["DestDigest"] == done["SourceDigest"])
    }

    @Test(
        "an image's place is what stands behind its registry",
        arguments: [
            ("to.test/a/b:1", "a/b", "1"), ("localhost:5000/a:1", "a", "1"),
            ("layout:/x/y/a/b:1", "a/b", "1"),
            ("to/a:1", "a", "1"),
        ])
    func places(name: String, repository: String, tag: String) {
        let place = ImagePlace(name, at: ["layout:/x/y", "", "to.test"])
        #expect(place?.repository == repository && place?.tag == tag)
        #expect(ImagePlace("to.test/", at: ["to.test"]) == nil)
    }

    @Test("all of an index, or a part of it")
    func option() throws {
        var chosen = try rule()
        var image = try outcome(.copied)
        #expect(image.multiArchOption(chosen) == "all")
        image.partOf = image.wanted
        #expect(image.multiArchOption(chosen) == "system")
        (image.partOf, image.wanted) = (nil, nil)
        #expect(image.multiArchOption(chosen) == "all")
        chosen.images[0].platforms = PlatformChoice([try PlatformSelector("linux/amd64")])
        #expect(image.multiArchOption(chosen) == "system")
    }

    @Test("a lease is of one rule, its destination and its part of the work")
    func lease() throws {
        let both = try state("one", "two")
        let key = Records.key(of: both.rules[0], both, nil)
        #expect(
            key["Image"]?.text?.hasPrefix("davit#lease#sha256:") == true && key["Tag"] == .text("to.test"))
        // The other rules of a pass do not change it, and neither does what is told of it.
        var told = try state("one").rules[0]
        told.statusTable = StatusTable(name: "records")
        #expect(try Records.key(of: told, state("one"), nil) == key)
        #expect(Records.key(of: both.rules[1], both, nil) != key)
        #expect(Records.key(of: both.rules[0], both, "shard 0/2")["Tag"] == .text("to.test#shard 0/2"))
    }
}

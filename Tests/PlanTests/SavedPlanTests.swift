import Desired
import Foundation
import OCI
import Testing

import struct Lab.Random

@testable import Plan

@Suite("Saved plan") struct SavedPlanTests {
    @Test("gives back what was recorded")
    func returns() throws {
        let layer = Observed.digest("layer")
        let written = try Written.one { $0.content[0].present = [layer] }
        let plan = try written.read(try written.bytes())
        #expect(plan.images.count == 1 && plan.header == written.header)
        #expect(try plan.record(of: plan.images[0]) == written.records[0])
        #expect(plan.images[0].destination == .absent && plan.images[0].verdict == .copy)
        #expect(plan.images[0].wanted == written.records[0].look.content[0].document.digest)
    }

    @Test("every cut is refused, and every changed byte")
    func integrity() throws {
        let written = try Written.one()
        let bytes = try written.bytes()
        for count in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: SavedPlanError.self) { try written.read(Array(bytes[..<count])) }
        }
        for place in stride(from: 0, to: bytes.count, by: 2) {
            var changed = bytes
            changed[place] ^= 0x01
            #expect(throws: SavedPlanError.self, "byte \(place)") { try written.read(changed) }
        }
        #expect(throws: SavedPlanError.self) { try written.read(bytes + bytes) }
        #expect(throws: SavedPlanError.self) { try written.read(bytes + Array("{}\n".utf8)) }
    }

    @Test("says which version it can't read")
    func version() throws {
        var written = try Written.one()
        written.header.version = 2
        #expect(try written.refusal() == .version(2))
    }

    @Test(
        "what is no plan is refused",
        arguments: ["", "\n", "null\n", "{}\n", "[1]\n", "images: []\n", "{\"image\":1}\n"])
    func noPlan(text: String) throws {
        #expect(throws: SavedPlanError.noPlan) { try Written.one().read(Array(text.utf8)) }
    }

    @Test("what is nested without end, or is one line without end, is refused")
    func bounds() throws {
        let written = try Written.one()
        let deep = Array(repeating: UInt8(ascii: "["), count: 900_000) + [UInt8(ascii: "\n")]
        #expect(throws: SavedPlanError.noPlan) { try written.read(deep) }
        var writer = SavedPlanWriter()
        let head = try writer.begin(written.header)
        #expect(throws: SavedPlanError.self) { try written.read(head + deep) }
        var endless = SavedPlanReader(written.state, hosts: [:]) { offset, count in
            offset == 0 ? head : Array(repeating: UInt8(ascii: " "), count: count)
        }
        endless.longestLine = 4 << 20
        #expect(throws: SavedPlanError.tooLarge("a line of more than 4194304 bytes")) {
            var reader = endless
            return try reader.read()
        }
    }

    @Test("rules that say something else are not those of the plan")
    func otherRules() throws {
        var written = try Written.one()
        written.state.rules[0].images[0].tags?.exclude = [Glob("v2")]
        #expect(try written.refusal() == .rules(made: "2026-01-01T00:00:00Z", by: "0"))
        written.header.chosen = ["another"]
        #expect(try written.refusal() == .noSuchRule("another"))
    }

    // MARK: - What a plan can't be made to do

    @Test("a claim that the rule could not make is refused, however whole the plan is")
    func foreignClaims() throws {
        let changes: [@Sendable (inout ObservedImage) throws -> Void] = [
            { $0.claim.destinationRepository = try RepositoryName("team/other") },
            { $0.claim.destinationTag = try Tag("latest") },
            { $0.claim.sourceRepository = try RepositoryName("team/secret") },
            { $0.claim.sourceTag = try Tag("x1") },
            { $0.claim.sourceTag = try Tag("sha256-" + String(repeating: "a", count: 64)) },
            { $0.claim.overwrite = .never },
            { $0.claim.rule = "unknown" },
            { $0.claim.pin = $0.wanted },
            { $0.claim.destinationRegistry = "from" },
            { $0.claim.sourceRegistry = "to" },
            { $0.destinationPlace = "elsewhere.test" },
            { $0.sourcePlace = "elsewhere.test" },
        ]
        for (number, change) in changes.enumerated() {
            let refusal = try Written.one(change: change).refusal()
            guard case .foreign = refusal else {
                Issue.record("change \(number): \(refusal?.description ?? "it was taken")")
                continue
            }
        }
    }

    @Test("one destination is not written twice")
    func twice() throws {
        var written = try Written.one()
        written.records.append(written.records[0])
        #expect(try written.refusal() != nil)
    }

    @Test("a suspended rule does nothing")
    func suspended() throws {
        var written = try Written.one()
        written.state.rules[0].suspend = true
        written.header.rules = written.state.fingerprint
        guard case .foreign = try written.refusal() else { return #expect(Bool(false), "it was taken") }
    }

    @Test("a plan is of the shard that is asked for, and holds nothing of another's")
    func shards() throws {
        // team/app falls to shard 3 of 8.
        let (own, other) = (try Shard(3, of: 8), try Shard(4, of: 8))
        var written = try Written.one()
        #expect(try written.refusal(own) == .shard(nil, asked: own))
        written.header.shard = own
        #expect(try written.refusal(own) == nil)
        #expect(try written.refusal(other) == .shard(own, asked: other))
        #expect(try written.refusal() == .shard(own, asked: nil))
        #expect(try written.refusal(try Shard(3, of: 8, by: .prefix(2))) != nil)
        written.header.shard = other
        guard case .foreign = try written.refusal(other) else {
            return #expect(Bool(false), "another shard's image was taken")
        }
    }

    @Test("manifests that are not the image's are refused")
    func foreignManifests() throws {
        let (child, stray) = (try Observed.image(["child"]), try Observed.image(["stray"]))
        let index = try Observed.index([child])
        let digest = index.digest
        func refusal(_ content: [ManifestDocument]) throws -> SavedPlanError? {
            try Written.one { image in
                image.source = .present(digest)
                image.content = content.map { ObservedManifest($0) }
            }.refusal()
        }
        #expect(try refusal([child, index]) == nil)
        #expect(try refusal([index]) == nil)
        #expect(try refusal([stray, index]) != nil)
        #expect(try refusal([index, child]) != nil)
        #expect(try refusal([child]) != nil)
        #expect(try refusal([]) != nil)
    }

    @Test("steps that the look does not lead to are refused")
    func foreignSteps() throws {
        var written = try Written.one()
        written.records[0].plan.steps.removeFirst()
        #expect(try written.refusal() == .damaged(line: 2, "its steps are not what its look leads to"))
        written = try Written.one()
        written.records[0].plan.verdict = .inSync
        #expect(try written.refusal() != nil)
        written = try Written.one { $0.destination = .unasked }
        #expect(try written.refusal() == .damaged(line: 2, "the destination was not looked at"))
    }

    @Test("bytes that are not those of their digest are refused")
    func foreignBytes() throws {
        let written = try Written.one()
        let text = String(decoding: try written.bytes(), as: UTF8.self)
        let digest = written.records[0].look.content[0].document.digest.description
        let other = Observed.digest("other").description
        var bytes: [UInt8] = []
        // Whole again, as one who can write the file would leave it.
        var chain = SavedPlan.Chain()
        for line in text.replacing(digest, with: other).split(separator: "\n").dropLast() {
            bytes += Array((line + "\n").utf8)
            chain.add(Array((line + "\n").utf8))
        }
        bytes += Array("{\"digest\":\"\(chain.digest)\"}\n".utf8)
        #expect(
            throws: SavedPlanError.damaged(line: 2, "these are not the bytes of \(try Digest(other).short)")
        ) {
            try written.read(bytes)
        }
    }

    @Test("a plan that is changed after it was checked is not read on")
    func changedMeanwhile() throws {
        let written = try Written.one()
        let plan = try written.read(try written.bytes())
        var other = try written.bytes()
        other[other.count / 3] ^= 1
        let changed = SavedPlan(
            header: plan.header, summary: plan.summary, images: plan.images,
            source: { [other] offset, count in Array(other[Int(offset)..<Int(offset) + count]) })
        #expect(throws: SavedPlanError.damaged(line: 2, "it changed while it was applied")) {
            try changed.record(of: changed.images[0])
        }
    }

    @Test("any rubbish is refused and none crashes", arguments: 0..<20)
    func rubbish(seed: Int) throws {
        var random = Random(seed: UInt64(seed))
        let written = try Written.one()
        let bytes = try written.bytes()
        for _ in 0..<50 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: changed.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.remove(at: place)
                default: changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            guard changed != bytes else { continue }
            #expect(throws: SavedPlanError.self) { try written.read(changed) }
        }
    }
}

import Desired
import FoundationEssentials
import Reconcile
import Testing

@testable import davit

@Suite("Notices") struct NoticeTextTests {
    private func texts(
        _ report: PassReport, format: SNSDeclaration.Format = .davit,
        when: Set<Desired.Notification.Event> = [.failed]
    ) throws -> [NoticeText] {
        let notification = Desired.Notification(
            name: "n", when: when, sns: SNSDeclaration(topicARN: "arn", format: format))
        return NoticeText.messages(for: notification, report, try state("harbour"), execution: "pass")
    }

    private func report(_ results: [ImageOutcome.Result], faults: [String] = []) throws -> PassReport {
        var report = PassReport()
        report.images = try results.enumerated().map { try outcome($1, "a/b:v\($0)") }
        report.faults = faults
        return report
    }

    @Test("failures alone are told where nothing else is wanted")
    func when() throws {
        for fine in [[ImageOutcome.Result.inSync], [.copied], [.deferred], []] {
            #expect(try texts(report(fine)).isEmpty)
            #expect(try texts(report(fine), when: [.completed]).count == 1)
        }
        for bad in [ImageOutcome.Result.failed, .missing, .blocked, .skipped] {
            #expect(try texts(report([bad, .copied])).count == 1)
        }
        #expect(try texts(report([], faults: ["rule harbour: no list"])).count == 1)
    }

    @Test("a message is bounded, and says how much is left out")
    func bounded() throws {
        let text = try #require(
            try texts(report(Array(repeating: .failed, count: 70), faults: (0..<30).map { "f\($0)" })).first)
        #expect(text.subject == "davit: 70 of 70 images failed")
        let fields = try #require(
            try read(text.message))
        #expect(fields.failures.count == 50 && fields.faults.count == 20 && fields.more == 30)
        #expect(fields.version == 1 && fields.event == "failed" && fields.counts == ["failed": 70])
    }

    private struct Read: Decodable {
        struct Failure: Decodable { var image: String }
        var version: Int
        var event: String
        var counts: [String: Int]
        var faults: [String]
        var failures: [Failure]
        var more: Int
    }

    private func read(_ text: String) throws -> Read? {
        try JSONDecoder().decode(Read.self, from: Data(text.utf8))
    }

    @Test("the old form is a message an image, with the old keys and no others")
    func seed() throws {
        let texts = try texts(
            report(Array(repeating: .failed, count: 52), faults: ["no list"]), format: .seed)
        #expect(texts.count == 1 + 50 + 1)
        let fields = try texts.map {
            try JSONDecoder().decode([String: String].self, from: Data($0.message.utf8))
        }
        #expect(fields[0]["error"] == "Failed to list images: no list" && fields[0]["image"] == "")
        #expect(
            fields[1] == [
                "error": "Failed to copy image", "execution": "pass", "image": "a/b", "tag": "v0",
                "multiArchOption": "all",
            ])
        #expect(fields[51]["error"] == "Failed to copy 2 more images")
        let done = try self.texts(report([.copied]), format: .seed, when: [.completed])
        #expect(done.map(\.subject) == ["Completed"])
    }

    @Test("a notification for some rules is told of these alone")
    func rules() throws {
        var report = PassReport()
        report.images = [try outcome(.failed, rule: "one"), try outcome(.copied, rule: "two")]
        report.faults = ["rule one: no list", "to.test is down"]
        report.refusals = ["rule one: another run is at it"]
        let both = try state("one", "two")
        let two = report.only(["two"], of: both)
        #expect(two.images.map(\.rule) == ["two"] && two.faults == ["to.test is down"] && two.refusals == nil)
        #expect(report.only(["one", "two"], of: both) == report)
    }
}

@Suite("Reports of shards with refused rules") struct RefusedShardTests {
    private func report(_ index: Int, _ refusals: [String]?) throws -> ShardReport {
        var report = PassReport()
        report.shard = try Shard(index, of: 2)
        (report.rules, report.refusals) = (["harbour"], refusals)
        let text = JSONOutput.document(ReportDocument(report))
        return try ShardReport("\(index).json", reading: Array(text.utf8))
    }

    @Test("a rule that one shard was refused is refused in the whole, once")
    func refused() throws {
        let line = "rule harbour: another run is at it"
        var join = ReportJoin()
        for report in [try report(0, [line]), try report(1, [line])] { join.add(report) }
        #expect(join.contradictions.isEmpty)
        #expect(join.report([]).refusals == [line] && join.report([]).exitCode == 3)
        var fine = ReportJoin()
        for report in [try report(0, nil), try report(1, nil)] { fine.add(report) }
        #expect(fine.report([]).refusals == nil && fine.report([]).exitCode == 0)
    }
}

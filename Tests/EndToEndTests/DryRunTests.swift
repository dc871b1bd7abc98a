import Foundation
import Lab
import Testing

@Suite("Looking without writing", .serialized, .timeLimit(.minutes(2))) struct DryRunTests {
    private let shape = Shape {
        $0.repositories = 2
        $0.tags = 3
        $0.shareAcross = 0.34
        $0.shareInRepository = 0.34
    }

    private func crossing() throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = [Rule.all("lab/r001"), Rule.all("lab/r002")] })
        return crossing
    }

    /// A destination that has the first tag of everything, so that the rest is new among old.
    private func populated() async throws -> Crossing {
        let crossing = try crossing()
        try crossing.write(
            Rule { $0.images = [Rule.named("lab/r001", "v001"), Rule.named("lab/r002", "v001")] })
        #expect(try await crossing.davit("reconcile").status == 0)
        try crossing.write(Rule { $0.images = [Rule.all("lab/r001"), Rule.all("lab/r002")] })
        crossing.reset()
        return crossing
    }

    @Test(
        "reconcile --dry-run is diff: the same text, the same code, and no write on the wire",
        arguments: ["none", "estimate", "exact"], ["text", "json"])
    func dryRun(cost: String, output: String) async throws {
        let crossing = try await populated()
        let diff = try await crossing.davit("diff", "--cost", cost, "--output", output)
        let dry = try await crossing.davit("reconcile", "--dry-run", "--cost", cost, "--output", output)
        #expect(diff.status == 2)
        #expect(dry.status == 2)
        #expect(dry.output == diff.output)
        #expect(dry.errors == diff.errors)
        #expect(crossing.writes == 0)
        #expect(try crossing.heldTags() == ["v001"])
    }

    @Test("--cost none reads no manifest, estimate asks for no blob", arguments: [true, false])
    func depths(isFresh: Bool) async throws {
        let crossing = isFresh ? try crossing() : try await populated()
        let none = try await crossing.davit("diff", "--cost", "none")
        #expect(none.status == 2)
        #expect(manifestReads(crossing.from) + manifestReads(crossing.to) == 0)
        #expect(!none.output.contains("to send"))
        crossing.reset()
        let estimate = try await crossing.davit("diff")
        #expect(estimate.status == 2)
        #expect(estimate.output.contains("to send: at most"))
        for proxy in [crossing.from, crossing.to] { #expect(blobRequests(proxy) == 0) }
    }

    @Test(
        "--cost exact announces the very requests and bytes of the pass that follows",
        arguments: [true, false])
    func announces(isFresh: Bool) async throws {
        let crossing = isFresh ? try crossing() : try await populated()
        let diff = try DiffJSON(try await crossing.davit("diff", "--cost", "exact", "--output", "json"))
        #expect(crossing.writes == 0)
        crossing.reset()
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 0)
        let report = try ReportJSON(pass)
        let sent = crossing.to.counts
        #expect(diff.plan.lookRequests + diff.totals.requests == crossing.requests)
        #expect(report.pass.requests.values.reduce(0, +) == crossing.requests)
        #expect(diff.totals.bytes == sent.bytesUp)
        #expect(report.bytes == sent.bytesUp)
        #expect(diff.totals.uploads == sent["PUT upload"])
        #expect(diff.totals.mounts == sent.mounts)
        #expect(diff.totals.pulls == manifestReads(crossing.from))
    }

    @Test(
        "what a diff says that it asked is what went over the wire", arguments: ["none", "estimate", "exact"])
    func tellsItsOwnRequests(cost: String) async throws {
        let crossing = try await populated()
        let diff = try DiffJSON(try await crossing.davit("diff", "--cost", cost, "--output", "json"))
        #expect(diff.requests.values.reduce(0, +) == crossing.requests)
        if cost == "none" { #expect(diff.plan.lookRequests == crossing.requests) }
    }

    private func manifestReads(_ proxy: CountingProxy) -> Int {
        proxy.counts["GET manifest by tag"] + proxy.counts["GET manifest by digest"]
    }

    private func blobRequests(_ proxy: CountingProxy) -> Int {
        proxy.counts["HEAD blob"] + proxy.counts["GET blob"]
    }
}

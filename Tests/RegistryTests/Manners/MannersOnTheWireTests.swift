import HTTP
import HTTPTypes
import Lab
import OCI
import Testing

@testable import Registry

@Suite("Manners on the wire", .serialized, .timeLimit(.minutes(3))) struct MannersOnTheWireTests {
    private let name = RepositoryName.named

    /// A client on the system's own clock.
    private func client(
        _ url: String, _ change: (inout DistributionClient.Settings) -> Void = { _ in }
    ) throws -> DistributionClient {
        try ClientLab(url) {
            $0.time = .system
            change(&$0)
        }.client
    }

    @Test("requests a second stay below their ceiling, whatever they are")
    func rate() async throws {
        let times = Guarded<[ContinuousClock.Instant]>([])
        let registry = try ScriptedRegistry { _ in
            times.with { $0.append(.now) }
            return nil
        }
        let client = try client(registry.url) { $0.requestsPerSecond = 20 }
        let blob = MadeBlob(Array("cargo".utf8))
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<15 {
                group.addTask { _ = try await client.resolve(.tag("v1"), in: name("a\(number)")) }
                group.addTask {
                    _ = try await client.putBlob(
                        blob.described, from: .bytes(blob.bytes), in: name("b\(number)"), mounting: nil)
                }
            }
            try await group.waitForAll()
        }
        let moments = times.with { $0.map { $0 - begun } }
        #expect(moments.count == 45)
        // 45 requests at 20 a second, but for what the slack of 100 ms allows.
        let last = try #require(moments.max())
        #expect(last > .milliseconds(2050) && last < .seconds(10), "\(last)")
    }

    @Test("a 429 is waited out by all requests of its kind, and not hammered")
    func pause() async throws {
        let answers = Guarded<[(time: Duration, isRefused: Bool)]>([])
        let first = Guarded<ContinuousClock.Instant?>(nil)
        let registry = try ScriptedRegistry { request in
            guard request.method == "GET" else { return nil }
            let begin = first.with { begin in
                begin = begin ?? .now
                return begin ?? .now
            }
            let time = ContinuousClock.now - begin
            let isRefused = time < .seconds(2)
            answers.with { $0.append((time, isRefused)) }
            return isRefused ? ScriptedResponse(429, headers: ["Retry-After": "2"]) : nil
        }
        let image = try ImageMaker().image("a", "v1")
        try registry.hold(image)
        let client = try client(registry.url) { $0.concurrency = 8 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    let manifest = try await client.manifest(.tag("v1"), in: name("a"))
                    #expect(manifest != nil)
                }
            }
            // What is of another kind goes on meanwhile.
            group.addTask {
                let begun = ContinuousClock.now
                let found = try await client.resolve(.tag("v1"), in: name("a"))
                #expect(found != nil)
                #expect(ContinuousClock.now - begun < .seconds(1))
            }
            try await group.waitForAll()
        }
        let all = answers.with { $0 }
        // Those that were under way when the first was refused, and then none.
        #expect(all.count { $0.isRefused } <= 8)
        #expect(all.count { $0.time > .milliseconds(500) && $0.time < .milliseconds(1950) } == 0)
        #expect(all.count { !$0.isRefused } == 40)
    }

    @Test("a quota of pulls is read from heads and gets, in the form of the Hub")
    func quota() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.pulls = .init(limit: 100, used: 79) })
        try registry.hold(ImageMaker().image("a", "v1"))
        let client = try client(registry.url)
        #expect(await client.pullQuota() == nil)
        _ = try await client.resolve(.tag("v1"), in: name("a"))
        #expect(await client.pullQuota() == PullQuota(limit: 100, left: 21, window: 21_600))
        _ = try await client.manifest(.tag("v1"), in: name("a"))
        #expect(await client.pullQuota()?.left == 20)
        #expect(await client.setAside(pulls: 10) == nil)
        #expect(await client.setAside(pulls: 1)?.left == 20)
        await client.giveBack(pulls: 5)
        #expect(await client.setAside(pulls: 5) == nil)
    }
}

@Suite("PullQuota") struct PullQuotaTests {
    @Test(
        "is read from what the Hub sends, and from nothing else",
        arguments: [
            ("100;w=21600", "76;w=21600", PullQuota(limit: 100, left: 76, window: 21_600)),
            (" 200 ; w=3600 ", "0", PullQuota(limit: 200, left: 0, window: 3_600)),
            ("100, 100;w=21600", "76", nil), ("500", "499", nil), ("500;w=60", "499;w=60", nil),
            ("many;w=21600", "76", nil), ("-1;w=21600", "76", nil), ("100;w=21600", "", nil),
            ("100;w=99999999999999999999", "1", nil), ("99999999999;w=21600", "1", nil),
        ])
    func reads(limit: String, left: String, quota: PullQuota?) {
        #expect(PullQuota([.init("ratelimit-limit")!: limit, .init("ratelimit-remaining")!: left]) == quota)
    }
}

@Suite("PullLedger") struct PullLedgerTests {
    private func quota(_ left: Int) -> PullQuota { PullQuota(limit: 100, left: left, window: 21_600) }

    @Test("the first who asks finds out, and the others wait for it")
    func first() {
        let ledger = Held(PullLedger(reserve: .percent(10)))
        #expect(ledger.it.ask(1) == .granted)
        #expect(ledger.it.ask(1) == .wait)
        ledger.it.giveBack(1)
        #expect(ledger.it.ask(1) == .granted)
        let isNews = ledger.it.saw(nil, isPull: true)
        #expect(isNews)
        #expect(ledger.it.ask(1_000) == .granted)
    }

    @Test(
        "nothing is set aside that touches the reserve",
        arguments: [(PullReserve.percent(10), 10), (.pulls(25), 25)])
    func reserve(reserve: PullReserve, kept: Int) {
        let ledger = Held(PullLedger(reserve: reserve))
        _ = ledger.it.saw(quota(30), isPull: false)
        #expect(ledger.it.ask(30 - kept) == .granted)
        #expect(ledger.it.ask(1) == .refused(quota(30)))
        #expect(ledger.it.ask(0) == .granted)
        ledger.it.giveBack(1)
        #expect(ledger.it.ask(1) == .granted)
    }

    @Test("an answer that was overtaken changes nothing, and a new window does")
    func order() {
        let ledger = Held(PullLedger(reserve: .pulls(0)))
        _ = ledger.it.saw(quota(50), isPull: true)
        _ = ledger.it.ask(3)
        _ = ledger.it.saw(quota(48), isPull: true)
        _ = ledger.it.saw(quota(49), isPull: true)
        #expect(ledger.quota?.left == 48)
        _ = ledger.it.saw(quota(99), isPull: true)
        #expect(ledger.quota?.left == 99)
    }
}

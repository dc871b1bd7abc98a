import AWS
import HTTP
import Lab
import Registry
import Testing

@Suite("Pace of an action") struct ActionPaceTests {
    /// A service that takes ten calls a second, and a few at once.
    private actor Bucket {
        private var tokens = 10.0
        private var last = ContinuousClock.Instant.now
        private let time: VirtualTime
        private(set) var refused = 0

        init(_ time: VirtualTime) { self.time = time }

        func take() -> Bool {
            let now = time.now
            let passed = (now - last) / .seconds(1)
            tokens = min(10, tokens + max(0, passed) * 10)
            last = max(last, now)
            guard tokens >= 1 else {
                refused += 1
                return false
            }
            tokens -= 1
            return true
        }
    }

    @Test("a burst over the limit is one congestion, and the rest keeps to it")
    func limit() async throws {
        let time = VirtualTime()
        let bucket = Bucket(time)
        let transport = ScriptedTransport { _, _ in
            try? await time.sleep(.milliseconds(20))
            return await bucket.take() ? Response(200, "{}") : .refusal(400, "ThrottlingException")
        }
        var random = Random(seed: 7)
        let dice = Guarded(Random(seed: random.next()))
        let ground = AWSGround(
            transport: transport,
            time: Timekeeper(
                now: { time.now }, sleep: { try await time.sleep($0) },
                chance: { dice.with { Double.random(in: 0..<1, using: &$0) } }))
        let client = AWSClient(
            .ecr, at: Endpoint(of: .ecr, in: try Region("eu-west-1")), keys: FixedKeys(someKeys()), on: ground
        )
        let failures = try await time.run {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<300 {
                    group.addTask { (try? await client.call("PutImage", json: [])) == nil }
                }
                var failures = 0
                for await failed in group where failed { failures += 1 }
                return failures
            }
        }
        let (refused, seconds) = (await bucket.refused, time.passed / .seconds(1))
        #expect(failures == 0)
        #expect(refused <= 40, "\(refused) of \(transport.requests.count) refused in \(seconds) s")
        #expect(seconds < 90, "30 s would be the least, \(seconds) s")
    }
}

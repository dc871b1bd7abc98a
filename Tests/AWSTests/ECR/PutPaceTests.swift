import Testing

@testable import AWS

@Suite("PutPace") struct PutPaceTests {
    private let start = ContinuousClock.now

    @Test("begins at ten a second, evenly")
    func even() {
        var pace = PutPace()
        let waits = (0..<11).map { _ in pace.wait(at: start) }
        #expect(waits.first == .zero)
        #expect(waits.last == .seconds(1))
    }

    @Test(
        "a hundred that went well are worth one more a second; one too many takes it back, and the next step is twice as far"
    )
    func learns() {
        var pace = PutPace()
        for _ in 0..<100 { pace.ended(isThrottled: false, at: start) }
        #expect(pace.rate == 11)
        pace.ended(isThrottled: true, at: start)
        #expect(pace.rate == 10)
        for _ in 0..<199 { pace.ended(isThrottled: false, at: start) }
        #expect(pace.rate == 10)
        pace.ended(isThrottled: false, at: start)
        #expect(pace.rate == 11)
    }

    @Test("of a quota that is shared, each takes its part")
    func shared() {
        var pace = PutPace(parts: 8)
        #expect(pace.rate == 1.25)
        for _ in 0..<100 { pace.ended(isThrottled: false, at: start) }
        #expect(pace.rate == 1.375)
    }

    @Test("below the quota it gives way, and never stands still")
    func gives() {
        var pace = PutPace()
        for _ in 0..<100 { pace.ended(isThrottled: true, at: start) }
        #expect(pace.rate == 0.5)
    }

    @Test(
        "against a bucket of any rate, throttles are at most one in fifty once it is known",
        arguments: [10.0, 14, 30])
    func bucket(rate: Double) {
        var pace = PutPace()
        var (tokens, now, last) = (rate, start, start)
        var throttles = 0
        for count in 0..<4_000 {
            now += pace.wait(at: now)
            tokens = min(rate, tokens + rate * ((now - last) / .seconds(1)))
            last = now
            let isThrottled = tokens < 1
            if !isThrottled { tokens -= 1 }
            if isThrottled, count > 200 { throttles += 1 }
            pace.ended(isThrottled: isThrottled, at: now)
        }
        #expect(throttles <= 3_800 / 50, "\(throttles)")
    }
}

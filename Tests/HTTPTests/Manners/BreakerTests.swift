import HTTP
import Lab
import Testing

@Suite("Breaker") struct BreakerTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func fail(_ breaker: Held<Breaker>, _ times: Int, at second: Double = 0) -> [Bool] {
        (0..<times).map { _ in breaker.it.lost("no", begun: at(second), wasProbe: false, at: at(second)) }
    }

    @Test("five in a row mark a place down, and no fewer")
    func opens() {
        let breaker = Held(Breaker())
        #expect(fail(breaker, 4) == [false, false, false, false])
        #expect(breaker.it.ask(at: at(1)) == .open)
        #expect(fail(breaker, 1) == [true])
        let outage = Outage(cause: "no", elapsed: .seconds(1), nextProbe: .seconds(29))
        #expect(breaker.it.ask(at: at(1)) == .shut(outage))
    }

    @Test("an answer in between begins the count anew")
    func answers() {
        let breaker = Held(Breaker())
        _ = fail(breaker, 4)
        #expect(breaker.it.answered() == false)
        #expect(fail(breaker, 4).allSatisfy { !$0 })
    }

    @Test("two that were borne for a minute are enough")
    func slow() {
        let breaker = Held(Breaker())
        #expect(breaker.it.lost("silence", begun: at(0), wasProbe: false, at: at(60)) == false)
        #expect(breaker.it.lost("silence", begun: at(60), wasProbe: false, at: at(120)) == true)
        guard case .shut(let outage) = breaker.it.ask(at: at(120)) else { Issue.record("it is open"); return }
        #expect(outage.elapsed == .seconds(120))
    }

    @Test("a burst that breaks or is turned away in one breath counts once")
    func burst() {
        let breaker = Held(Breaker())
        let lost = { (begun: Double, now: Double) in
            breaker.it.lost("503", begun: at(begun), wasProbe: false, at: at(now))
        }
        for _ in 0..<32 { #expect(lost(0, 1) == false) }
        for turn in 1..<4 { #expect(lost(Double(turn), Double(turn) + 0.5) == false) }
        #expect(lost(4, 4.5) == true)
    }

    @Test("what may take long does not find out whether a place is back")
    func long() {
        let breaker = Held(Breaker())
        _ = fail(breaker, 5)
        guard case .shut = breaker.it.ask(at: at(31), isLong: true) else { Issue.record("it asks"); return }
        #expect(breaker.it.ask(at: at(31)) == .probe)
    }

    @Test("one request asks every half minute, and the others do not")
    func probes() {
        let breaker = Held(Breaker())
        _ = fail(breaker, 5)
        guard case .shut = breaker.it.ask(at: at(29)) else { Issue.record("it is open"); return }
        #expect(breaker.it.ask(at: at(30)) == .probe)
        guard case .shut = breaker.it.ask(at: at(31)) else { Issue.record("two ask"); return }
        #expect(breaker.it.lost("no", begun: at(30), wasProbe: true, at: at(32)) == false)
        guard case .shut(let outage) = breaker.it.ask(at: at(61)) else { Issue.record("it is open"); return }
        #expect(outage.nextProbe == .seconds(1) && outage.elapsed == .seconds(61))
        #expect(breaker.it.ask(at: at(62)) == .probe)
        #expect(breaker.it.answered() == true)
        #expect(breaker.it.ask(at: at(63)) == .open)
    }

    @Test("a probe that tells nothing leaves its place to the next one")
    func unsure() {
        let breaker = Held(Breaker())
        _ = fail(breaker, 5)
        #expect(breaker.it.ask(at: at(30)) == .probe)
        breaker.it.unsure(wasProbe: true)
        #expect(breaker.it.ask(at: at(31)) == .probe)
    }
}

@Suite("RetryBudget") struct RetryBudgetTests {
    @Test("twenty are always there, then a fifth of the requests")
    func budget() {
        let budget = Held(RetryBudget())
        #expect((0..<20).allSatisfy { _ in budget.it.spend() })
        #expect(budget.it.spend() == false)
        for _ in 0..<104 { budget.it.count() }
        #expect(budget.it.spend() == false)
        budget.it.count()
        #expect([budget.it.spend(), budget.it.spend()] == [true, false])
    }
}

@Suite("Pace") struct PaceTests {
    @Test("begins at the ceiling, and halves once for a burst of refusals")
    func halves() {
        var pace = Pace(ceiling: 32)
        #expect(pace.allowed == 32)
        for number in UInt64(1)...32 { pace.congested(by: number, last: 32, isPause: false) }
        #expect(pace.allowed == 16)
        pace.congested(by: 33, last: 40, isPause: false)
        #expect(pace.allowed == 8)
        for number in UInt64(41)...100 { pace.congested(by: number, last: number, isPause: false) }
        #expect(pace.allowed == 1)
    }

    @Test("grows by one with each round of answers, up to the ceiling")
    func grows() {
        var pace = Pace(ceiling: 8)
        pace.congested(by: 1, last: 1, isPause: false)
        #expect(pace.allowed == 4)
        for _ in 0..<5 { pace.went() }
        #expect(pace.allowed == 5)
        for _ in 0..<100 { pace.went() }
        #expect(pace.allowed == 8)
    }

    @Test("after a pause that was asked for one goes alone, and the way back to half is short")
    func pauses() {
        var pace = Pace(ceiling: 32)
        pace.congested(by: 1, last: 1, isPause: true)
        #expect(pace.allowed == 1)
        for _ in 0..<15 { pace.went() }
        #expect(pace.allowed == 16)
        pace.went()
        #expect(pace.allowed == 16)
    }
}

@Suite("RateLimit") struct RateLimitTests {
    @Test("spreads requests evenly, and makes up for a little lost time only")
    func even() {
        let limit = Held(RateLimit(perSecond: 10))
        let start = ContinuousClock.now
        #expect(
            (0..<4).map { _ in limit.it.wait(at: start) } == [0, 100, 200, 300].map { .milliseconds($0) })
        let late = start + .seconds(60)
        #expect((0..<3).map { _ in limit.it.wait(at: late) } == [0, 0, 100].map { .milliseconds($0) })
    }
}

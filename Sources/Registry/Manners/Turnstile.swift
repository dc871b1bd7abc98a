import HTTP

/// The one door to a registry: how many requests are under way, how fast, and whether it makes sense to ask at all.
///
/// One actor, so that a request crosses to it twice: on its way out and on its way back.
public actor Turnstile {
    private let limit: Int
    private let time: Timekeeper
    private let longestPause: Duration
    private var taken = 0
    private var inUse = Counts()
    private var paces: [Pace]
    /// Until when requests of a kind are not sent, since the registry asked for a pause.
    private var pauses: [ContinuousClock.Instant?]
    private var breaker = Breaker()
    private var budget = RetryBudget()
    /// What may still be read of manifests, where the registry counts that.
    var pulls: PullLedger
    /// Who waits to know whether it does.
    var curious: [AsyncStream<Void>.Continuation] = []
    private var queue: [Waiter] = []
    /// Turns that were given and not yet heard of.
    private var given: Set<UInt64> = []
    private var lastTicket: UInt64 = 0
    private var lastNumber: UInt64 = 0

    private struct Waiter {
        var ticket: UInt64
        var wish: Wish
        /// False: nothing was given, ask anew.
        var turn: AsyncStream<Bool>.Continuation
    }

    /// How many requests of each kind are under way.
    private struct Counts {
        private var values = [Int](repeating: 0, count: Action.allCases.count)

        subscript(action: Action) -> Int {
            get { values[action.rawValue] }
            set { values[action.rawValue] = newValue }
        }

        mutating func add(_ count: Int, _ wish: Wish) {
            self[wish.first] += count
            if let second = wish.second { self[second] += count }
        }
    }

    /// - Parameters:
    ///   - limit: requests under way at once, at least 1.
    ///   - reserve: what is left to others of a quota of pulls.
    ///   - longestPause: the longest pause asked for that is borne.
    init(
        limit: Int, reserve: PullReserve = .percent(10), longestPause: Duration = RetryPolicy().longestAsked,
        time: Timekeeper = .system
    ) {
        pulls = PullLedger(reserve: reserve)
        self.limit = max(1, limit)
        self.longestPause = longestPause
        self.time = time
        paces = Action.allCases.map { _ in Pace(ceiling: max(1, limit)) }
        pauses = Action.allCases.map { _ in nil }
    }

    /// How many wait, for tests.
    var waiting: Int { queue.count }
    /// How many of a kind may be under way now, for tests.
    func allowed(_ action: Action) -> Int { paces[action.rawValue].allowed }

    // MARK: - Going in

    /// Waits for leave to send a request.
    ///
    /// - Parameter isPatient: wait for the end of a pause, too; else that is a refusal.
    func enter(_ wish: Wish, isPatient: Bool = true) async throws(Refusal) -> Permit {
        while true {
            if let pause = pause(wish) {
                guard pause <= longestPause else { throw .paused(pause) }
                guard isPatient else { throw .busy }
                do { try await time.sleep(pause) } catch { throw .cancelled }
                continue
            }
            if try await hasTurn(wish) { return try permit(wish) }
        }
    }

    /// Waits for the end of a pause, with nothing in hand.
    func awaitEnd(ofPauseFor wish: Wish) async throws(Refusal) {
        while let pause = pause(wish), pause <= longestPause {
            do { try await time.sleep(pause) } catch { throw .cancelled }
        }
    }

    /// How it stands with the registry, where it is down.
    func outage() -> Outage? { breaker.outage(at: time.now()) }

    /// A request may be sent again.
    func allowsRetry() -> Bool { budget.spend() }

    /// Takes what is wished for, at once or in turn; false where the turn ended without it.
    private func hasTurn(_ wish: Wish) async throws(Refusal) -> Bool {
        if queue.isEmpty, fits(wish) {
            take(wish)
            return true
        }
        lastTicket += 1
        let ticket = lastTicket
        let (stream, turn) = AsyncStream<Bool>.makeStream()
        queue.append(Waiter(ticket: ticket, wish: wish, turn: turn))
        serve()
        // A cancelled task's iteration ends by itself, without a turn.
        for await isGiven in stream {
            given.remove(ticket)
            return isGiven
        }
        leaveQueue(ticket, wish)
        throw .cancelled
    }

    /// The leave itself, for whoever has a place; without it the place is given back.
    private func permit(_ wish: Wish) throws(Refusal) -> Permit {
        let now = time.now()
        let door = breaker.ask(at: now, isLong: wish.isStream)
        if case .shut(let outage) = door {
            release(wish)
            throw .down(outage)
        }
        budget.count()
        lastNumber += 1
        return Permit(wish: wish, number: lastNumber, begun: now, isProbe: door == .probe)
    }

    /// How much is left of a pause that the registry asked for.
    private func pause(_ wish: Wish) -> Duration? {
        let (first, second) = (pauses[wish.first.rawValue], wish.second.flatMap { pauses[$0.rawValue] })
        guard let end = first.map({ max($0, second ?? $0) }) ?? second else { return nil }
        let left = end - time.now()
        guard left > .zero else {
            pauses[wish.first.rawValue] = nil
            if let second = wish.second { pauses[second.rawValue] = nil }
            return nil
        }
        return left
    }

    // MARK: - Coming back

    /// Gives the place back, with what the request's end tells of the registry.
    func leave(_ permit: Permit, _ sign: Sign) -> Change? {
        let change = note(sign, of: permit)
        let isPull = permit.wish.first == .manifest && sign.isSuccess
        if isPull || sign.quota != nil { note(sign.quota, isPull: isPull) }
        note(sign, permit.wish.first, permit)
        if let second = permit.wish.second { note(sign, second, permit) }
        release(permit.wish)
        return change
    }

    private func note(_ sign: Sign, of permit: Permit) -> Change? {
        switch sign.reach {
        case .answered: return breaker.answered() ? .back : nil
        case .unsure: breaker.unsure(wasProbe: permit.isProbe)
        case .lost(let cause):
            let isDown = breaker.lost(
                cause, begun: permit.begun, wasProbe: permit.isProbe, at: time.now())
            if isDown { return .down }
        }
        return nil
    }

    private func note(_ sign: Sign, _ action: Action, _ permit: Permit) {
        let index = action.rawValue
        guard sign.isCongested else {
            if case .answered = sign.reach { paces[index].went() }
            return
        }
        let pause = sign.pause.flatMap { $0 > .zero ? $0 : nil }
        paces[index].congested(by: permit.number, last: lastNumber, isPause: pause != nil)
        guard let pause else { return }
        let end = time.now() + pause
        pauses[index] = pauses[index].map { max($0, end) } ?? end
        sendAway(action)
    }

    /// Who waits for its turn in a pause asks anew, and waits for its end.
    private func sendAway(_ action: Action) {
        let leaving = queue.filter { $0.wish.first == action || $0.wish.second == action }
        queue.removeAll { $0.wish.first == action || $0.wish.second == action }
        for waiter in leaving { waiter.turn.yield(false) }
    }

    // MARK: - Places

    private func count(_ wish: Wish) -> Int { min(wish.second == nil ? 1 : 2, limit) }

    private func fits(_ wish: Wish) -> Bool { taken + count(wish) <= limit && isInPace(wish) }

    private func isInPace(_ wish: Wish) -> Bool {
        isInPace(wish.first) && wish.second.map(isInPace) ?? true
    }

    private func isInPace(_ action: Action) -> Bool { inUse[action] < paces[action.rawValue].allowed }

    private func take(_ wish: Wish) {
        taken += count(wish)
        inUse.add(1, wish)
    }

    private func release(_ wish: Wish) {
        taken -= count(wish)
        inUse.add(-1, wish)
        serve()
    }

    /// Serves in order; but a kind that is slowed down holds up no other one.
    private func serve() {
        var index = 0
        while index < queue.count, taken < limit {
            let waiter = queue[index]
            if isInPace(waiter.wish) {
                guard taken + count(waiter.wish) <= limit else { return }
                queue.remove(at: index)
                take(waiter.wish)
                given.insert(waiter.ticket)
                waiter.turn.yield(true)
            } else {
                index += 1
            }
        }
    }

    /// Takes a cancelled waiter out; its turn may have come in the very moment of the cancelling.
    private func leaveQueue(_ ticket: UInt64, _ wish: Wish) {
        if let index = queue.firstIndex(where: { $0.ticket == ticket }) {
            queue.remove(at: index)
            serve()
        } else if given.remove(ticket) != nil {
            release(wish)
        }
    }
}

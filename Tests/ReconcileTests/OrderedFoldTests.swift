import Testing

@testable import Reconcile

@Suite("OrderedFold") struct OrderedFoldTests {
    let start = ContinuousClock.now

    @Test("brings any order of arrival into the order of the plan", arguments: 0..<20)
    func orders(seed: Int) {
        var random = Random(seed: UInt64(seed))
        var fold = OrderedFold<Int>(count: 50)
        var out: [Int] = []
        for index in (0..<50).shuffled(using: &random) { out += fold.offer(index, index, now: start) }
        #expect(out == Array(0..<50))
        #expect(fold.position == 50)
        #expect(fold.rest().isEmpty)
    }

    @Test("lets one that the others wait for too long step to the end")
    func late() {
        var fold = OrderedFold<String>(count: 4)
        #expect(fold.offer(1, "b", now: start).isEmpty)
        #expect(fold.offer(2, "c", now: start + .seconds(4)).isEmpty)
        #expect(fold.tick(now: start + .seconds(5)).isEmpty)
        #expect(fold.tick(now: start + .seconds(6)) == ["b", "c"])
        #expect(fold.position == 3)
        #expect(fold.offer(0, "a", now: start + .seconds(7)).isEmpty)
        #expect(fold.offer(3, "d", now: start + .seconds(7)) == ["d"])
        #expect(fold.rest() == ["a"])
        #expect(fold.rest().isEmpty)
    }

    @Test("keeps the late ones in order, whenever they come")
    func lateOnesInOrder() {
        var fold = OrderedFold<Int>(count: 4)
        _ = fold.offer(3, 3, now: start)
        var out: [Int] = []
        for second in 6...8 { out += fold.tick(now: start + .seconds(second)) }
        #expect(out == [3])
        for index in [2, 0, 1] { out += fold.offer(index, index, now: start + .seconds(9)) }
        #expect(out == [3])
        #expect(fold.rest() == [0, 1, 2])
    }

    @Test("does not call one late that nobody waits for")
    func nobodyWaits() {
        var fold = OrderedFold<Int>(count: 2)
        #expect(fold.tick(now: start + .seconds(60)).isEmpty)
        #expect(fold.offer(0, 0, now: start + .seconds(61)) == [0])
        #expect(fold.tick(now: start + .seconds(99)).isEmpty)
        #expect(fold.offer(1, 1, now: start + .seconds(100)) == [1])
    }

    @Test("counts the wait from when the position last moved")
    func countsAnew() {
        var fold = OrderedFold<Int>(count: 4)
        _ = fold.offer(1, 1, now: start)
        _ = fold.offer(3, 3, now: start)
        #expect(fold.offer(0, 0, now: start + .seconds(4)) == [0, 1])
        #expect(fold.tick(now: start + .seconds(8)).isEmpty)
        #expect(fold.tick(now: start + .seconds(10)) == [3])
    }
}

import Desired
import OCI
import Plan
import Testing

import struct Lab.Random

@testable import Reconcile

@Suite("OrderedFold") struct OrderedFoldTests {
    let start = ContinuousClock.now

    @Test("brings any order of arrival into the order of the plan", arguments: 0..<20)
    func orders(seed: Int) {
        var random = Random(seed: UInt64(seed))
        var fold = OrderedFold<Int>(patience: .seconds(5))
        var out: [Int] = []
        for index in (0..<50).shuffled(using: &random) { out += fold.offer(index, index, now: start) }
        #expect(out == Array(0..<50))
        #expect(fold.position == 50)
        #expect(fold.rest().isEmpty)
    }

    @Test("gives the plan of a shuffled arrival the order of the plan", arguments: 0..<20)
    func foldsThePlan(seed: Int) throws {
        var random = Random(seed: UInt64(seed))
        let images = try (0..<20).map { number in
            let name = try RepositoryName("team/r\(number / 5)")
            let layers = (0..<3).map { _ in "layer \(Int.random(in: 0..<8, using: &random))" }
            let document = try SampleImage("config", layers: layers).top
            let claim = Claim(
                rule: "rule", sourceRegistry: "from", sourceRepository: name,
                sourceTag: try Tag("v\(number)"),
                destinationRegistry: "to", destinationRepository: name, destinationTag: try Tag("v\(number)"))
            var image = ObservedImage(claim: claim, sourcePlace: "a.test", destinationPlace: "b.test")
            image.destination = .absent
            image.source = .present(document.digest)
            image.content = [ObservedManifest(document)]
            return image
        }
        func plan(_ order: [Int]) -> [PlannedImage] {
            var (fold, ledger) = (OrderedFold<ObservedImage>(patience: .seconds(5)), PlanLedger())
            return order.flatMap { index in fold.offer(index, images[index], now: start) }.map {
                Planner.plan($0, ledger: &ledger)
            }
        }
        let sorted = plan(Array(0..<20))
        #expect(plan(Array(0..<20).shuffled(using: &random)) == sorted)
        #expect(sorted.count == 20)
    }

    @Test("lets one that the others wait for too long step to the end")
    func late() {
        var fold = OrderedFold<String>(patience: .seconds(5))
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
        var fold = OrderedFold<Int>(patience: .seconds(5))
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
        var fold = OrderedFold<Int>(patience: .seconds(5))
        #expect(fold.tick(now: start + .seconds(60)).isEmpty)
        #expect(fold.offer(0, 0, now: start + .seconds(61)) == [0])
        #expect(fold.tick(now: start + .seconds(99)).isEmpty)
        #expect(fold.offer(1, 1, now: start + .seconds(100)) == [1])
    }

    @Test("counts the wait from when the position last moved")
    func countsAnew() {
        var fold = OrderedFold<Int>(patience: .seconds(5))
        _ = fold.offer(1, 1, now: start)
        _ = fold.offer(3, 3, now: start)
        #expect(fold.offer(0, 0, now: start + .seconds(4)) == [0, 1])
        #expect(fold.tick(now: start + .seconds(8)).isEmpty)
        #expect(fold.tick(now: start + .seconds(10)) == [3])
    }
}

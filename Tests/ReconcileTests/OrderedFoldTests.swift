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
        for index in (0..<50).shuffled(using: &random) { out += fold.offer(index, index, at: start) }
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
            return order.flatMap { index in fold.offer(index, images[index], at: start) }.map {
                Planner.plan($0, ledger: &ledger)
            }
        }
        let sorted = plan(Array(0..<20))
        #expect(plan(Array(0..<20).shuffled(using: &random)) == sorted)
        #expect(sorted.count == 20)
    }

    /// A fold of which so many looks have begun.
    private func fold(begun count: Int) -> OrderedFold<Int> {
        var fold = OrderedFold<Int>(patience: .seconds(5))
        for index in 0..<count { fold.begun(index, at: start) }
        return fold
    }

    @Test("lets one that the others wait for too long step to the end")
    func late() {
        var fold = fold(begun: 4)
        #expect(fold.offer(1, 1, at: start).isEmpty)
        #expect(fold.offer(2, 2, at: start + .seconds(4)).isEmpty)
        #expect(fold.tick(at: start + .seconds(9)).isEmpty)
        #expect(fold.tick(at: start + .seconds(10)) == [1, 2])
        #expect(fold.position == 3)
        #expect(fold.isLate(0))
        #expect(fold.offer(0, 0, at: start + .seconds(11)).isEmpty)
        #expect(fold.offer(3, 3, at: start + .seconds(11)) == [3])
        #expect(fold.rest() == [0])
        #expect(fold.rest().isEmpty)
    }

    @Test("keeps the late ones in order, whenever they come")
    func lateOnesInOrder() {
        var fold = fold(begun: 4)
        _ = fold.offer(3, 3, at: start)
        #expect(fold.tick(at: start + .seconds(6)) == [3])
        for index in [2, 0, 1] { #expect(fold.offer(index, index, at: start + .seconds(9)).isEmpty) }
        #expect(fold.rest() == [0, 1, 2])
    }

    @Test("does not call one late that nobody waits for, or that waits for others itself")
    func isNotLate() {
        var alone = fold(begun: 1)
        #expect(alone.tick(at: start + .seconds(60)).isEmpty)
        #expect(alone.offer(0, 0, at: start + .seconds(61)) == [0])
        var waits = fold(begun: 2)
        _ = waits.offer(1, 1, at: start)
        waits.paused(0, at: start)
        #expect(waits.tick(at: start + .seconds(60)).isEmpty)
        waits.begun(0, at: start + .seconds(61))
        #expect(waits.tick(at: start + .seconds(66)).isEmpty)
        #expect(waits.tick(at: start + .seconds(67)) == [1])
    }

    @Test("counts neither the time in which others make progress nor that of the copying")
    func countsAnew() {
        var fold = fold(begun: 4)
        _ = fold.offer(1, 1, at: start)
        _ = fold.offer(2, 2, at: start + .seconds(4))
        #expect(fold.tick(at: start + .seconds(8)).isEmpty)
        fold.resumed(at: start + .seconds(300))
        // The tick was told before the copying ended, and is heard only now.
        #expect(fold.tick(at: start + .seconds(60)).isEmpty)
        #expect(fold.tick(at: start + .seconds(304)).isEmpty)
        #expect(fold.offer(0, 0, at: start + .seconds(305)) == [0, 1, 2])
    }
}

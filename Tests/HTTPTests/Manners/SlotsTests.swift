import Lab
import Testing

@testable import HTTP

@Suite("Slots", .timeLimit(.minutes(3))) struct SlotsTests {
    @Test("serves in order, and a wide wish is not overtaken")
    func order() async throws {
        let slots = Slots(limit: 2)
        let served = Guarded<[Int]>([])
        try await slots.take(2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, count) in [2, 1, 1].enumerated() {
                group.addTask {
                    try await slots.holding(count) { served.with { $0.append(number) } }
                }
                try await eventually { await slots.waiting == number + 1 }
            }
            await slots.give(2)
            try await group.waitForAll()
        }
        #expect(served.with { $0.first } == 0)
        #expect(served.with { Set($0) } == [0, 1, 2])
    }

    @Test("a wish beyond the limit is cut to it, and no limit is below one", arguments: [0, 1, 3])
    func cut(limit: Int) async throws {
        let slots = Slots(limit: limit)
        for _ in 0..<3 { #expect(try await slots.holding(9) { true }) }
    }

    @Test("never lets more in than its limit")
    func bound() async throws {
        let slots = Slots(limit: 3)
        let inside = Guarded((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try? await slots.holding {
                        inside.with {
                            $0.now += 1
                            $0.most = max($0.most, $0.now)
                        }
                        await Task.yield()
                        inside.with { $0.now -= 1 }
                    }
                }
            }
        }
        #expect(inside.with { $0.most } == 3)
        #expect(inside.with { $0.now } == 0)
    }

    @Test("a cancelled waiter leaves, and those behind it go on")
    func cancelled() async throws {
        let slots = Slots(limit: 1)
        try await slots.take()
        let first = Task { try await slots.take() }
        try await eventually { await slots.waiting == 1 }
        let second = Task { try await slots.holding { true } }
        try await eventually { await slots.waiting == 2 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await slots.give()
        #expect(try await second.value)
        #expect(await slots.waiting == 0)
    }

    @Test("cancelling at any moment loses no slot")
    func cancelledAnywhen() async throws {
        let slots = Slots(limit: 2)
        for round in 0..<300 {
            let tasks = (0..<4).map { _ in Task { try await slots.holding(2) { await Task.yield() } } }
            for _ in 0..<round % 7 { await Task.yield() }
            tasks.forEach { $0.cancel() }
            for task in tasks { _ = await task.result }
        }
        #expect(try await slots.holding(2) { true })
    }

    @Test("a body that throws gives its slot back")
    func throwing() async throws {
        let slots = Slots(limit: 1)
        await #expect(throws: LabError.self) { try await slots.holding { throw LabError("no") } }
        #expect(try await slots.holding { true })
    }
}

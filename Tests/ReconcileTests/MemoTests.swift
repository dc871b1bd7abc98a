import Registry
import Testing

@testable import Reconcile

@Suite("Memo", .timeLimit(.minutes(3))) struct MemoTests {
    let memo = Memo<String, Int>()
    let asked = Tally()

    @Test("asks once for all who need an answer at the same time, and after that")
    func once() async throws {
        let gate = Latch()
        try await withThrowingTaskGroup(of: Int.self) { [memo, asked] group in
            for _ in 0..<9 {
                group.addTask {
                    try await memo.value(for: "a") { () async throws(RegistryError) in
                        asked.add()
                        await gate.pass()
                        return 1
                    }
                }
            }
            await until { asked.count == 1 }
            gate.open()
            for try await value in group { #expect(value == 1) }
        }
        #expect(try await memo.value(for: "a") { () async throws(RegistryError) in 2 } == 1)
        #expect(asked.count == 1)
    }

    @Test("asks again after a failure")
    func failure() async throws {
        await #expect(throws: RegistryError.self) {
            try await memo.value(for: "a") { () async throws(RegistryError) in throw .made(.unavailable) }
        }
        #expect(try await memo.value(for: "a") { () async throws(RegistryError) in 2 } == 2)
    }

    @Test("lets one of those who wait ask where the first is cancelled")
    func cancelled() async throws {
        let first = Task { [memo, asked] in
            try await memo.value(for: "a") { () async throws(RegistryError) in
                asked.add()
                await hangUntilCancelled()
                throw .made(.cancelled)
            }
        }
        await until { asked.count == 1 }
        async let second = memo.value(for: "a") { () async throws(RegistryError) in 2 }
        first.cancel()
        #expect(try await second == 2)
        await #expect(throws: RegistryError.self) { try await first.value }
    }

    @Test("keeps so much and no more where there is a bound, and what came last in any case")
    func bounded() async throws {
        let memo = Memo<Int, Int>(.init(most: 10) { $0 })
        let ask = { (key: Int, weight: Int) async throws -> Int in
            try await memo.value(for: key) { [asked] () async throws(RegistryError) in
                asked.add()
                return weight
            }
        }
        for key in 1...5_000 { #expect(try await ask(key, 3) == 3) }
        #expect(await memo.weight == 9)
        for key in 4_998...5_000 { _ = try await ask(key, 0) }
        #expect(asked.count == 5_000)
        #expect(try await ask(1, 99) == 99)
        #expect(try await ask(1, 0) == 99)
        #expect(await memo.weight == 99)
        await memo.note(4, for: 1)
        #expect(await memo.weight == 4)
        await memo.forget { $0 == 4 }
        #expect(try await ask(2, 5) == 5)
        #expect(await memo.weight == 5)
    }
}

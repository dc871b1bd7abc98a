import Synchronization
import Testing

@testable import Reconcile

@Suite("LookGate", .timeLimit(.minutes(3))) struct LookGateTests {
    @Test("holds back what is too far ahead of the plan")
    func holdsBack() async {
        let gate = LookGate(window: 2)
        let passed = Passed()
        await withDiscardingTaskGroup { group in
            for index in 0..<6 {
                group.addTask {
                    await gate.pass(index)
                    passed.insert(index)
                }
            }
            await until { passed.indexes.count == 2 }
            for _ in 0..<50 { await Task.yield() }
            #expect(passed.indexes == [0, 1])
            await gate.advance(to: 1)
            await until { passed.indexes.count == 3 }
            #expect(passed.indexes == [0, 1, 2])
            await gate.advance(to: 0)
            await gate.open()
        }
        #expect(passed.indexes.count == 6)
        await gate.pass(1000)
    }

    private final class Passed: Sendable {
        private let state = Mutex<Set<Int>>([])
        var indexes: Set<Int> { state.withLock(\.self) }
        func insert(_ index: Int) { state.withLock { _ = $0.insert(index) } }
    }
}

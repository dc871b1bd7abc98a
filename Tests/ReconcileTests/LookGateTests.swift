import Desired
import HTTP
import OCI
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

    @Test("looks that one source holds up take no turn of another's")
    func ways() async throws {
        let gate = LookGate(window: 2)
        func turns(_ source: String) async throws -> LookGate.Turns {
            let (name, tag) = (try RepositoryName("team/app"), try Tag("v1"))
            return await gate.turns(
                of: Claim(
                    rule: "rule", sourceRegistry: source, sourceRepository: name, sourceTag: tag,
                    destinationRegistry: "to", destinationRepository: name, destinationTag: tag))
        }
        let slow = try await turns("slow")
        try await slow.heads.take(128)
        try await slow.reads.take(48)
        let again = try await turns("slow")
        #expect(again.heads === slow.heads && again.reads === slow.reads)
        let quick = try await turns("quick")
        #expect(await quick.heads.bounding { true })
        #expect(await quick.reads.bounding { true })
    }

    private final class Passed: Sendable {
        private let state = Mutex<Set<Int>>([])
        var indexes: Set<Int> { state.withLock(\.self) }
        func insert(_ index: Int) { state.withLock { _ = $0.insert(index) } }
    }
}

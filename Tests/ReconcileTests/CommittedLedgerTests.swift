import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("BlobLedger, where a mount needs a commit") struct CommittedLedgerTests {
    private let ledger = BlobLedger(.committed)
    private let blob = Digest(hashing: [1])
    private let other = Digest(hashing: [2])

    private func eventually(_ condition: () async -> Bool) async throws {
        for _ in 0..<5_000 {
            if await condition() { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("it did not happen")
    }

    private func name(_ text: String) throws -> RepositoryName { try RepositoryName(text) }

    @Test("who has begun later waits for the commit of who began before, and then mounts")
    func waits() async throws {
        let (first, second) = (try name("a"), try name("b"))
        let one = await ledger.begin([blob], into: first)
        let two = await ledger.begin([blob], into: second)
        #expect(try await ledger.turn(for: blob, in: first, begun: one) == .bring(mounting: nil))
        let (ledger, blob) = (ledger, blob)
        let waiting = Task { try await ledger.turn(for: blob, in: second, begun: two) }
        await ledger.done(blob, in: first, arrived: true)
        try await eventually { await ledger.waiting == 1 }
        await ledger.end(one, [blob], isCommitted: true)
        #expect(try await waiting.value == .bring(mounting: first))
    }

    @Test("where the first fails, the next one brings it")
    func takesOver() async throws {
        let (first, second) = (try name("a"), try name("b"))
        let one = await ledger.begin([blob], into: first)
        let two = await ledger.begin([blob], into: second)
        _ = try await ledger.turn(for: blob, in: first, begun: one)
        await ledger.done(blob, in: first, arrived: false)
        let (ledger, blob) = (ledger, blob)
        let waiting = Task { try await ledger.turn(for: blob, in: second, begun: two) }
        try await eventually { await ledger.waiting == 1 }
        await ledger.end(one, [blob], isCommitted: false)
        #expect(try await waiting.value == .bring(mounting: nil))
    }

    @Test(
        "what a look found in a repository may have no manifest there: it is held, and nothing is mounted from it"
    )
    func lookedAt() async throws {
        let (first, second) = (try name("a"), try name("b"))
        await ledger.note(blob, in: first, since: 1)
        #expect(try await ledger.turn(for: blob, in: first, order: 2) == .held)
        let two = await ledger.begin([blob], into: second)
        #expect(try await ledger.turn(for: blob, in: second, order: 2, begun: two) == .bring(mounting: nil))
    }

    @Test("nobody waits for who began later: two that need each other's blobs do not hang")
    func noCircle() async throws {
        let (first, second) = (try name("a"), try name("b"))
        let one = await ledger.begin([blob, other], into: first)
        let two = await ledger.begin([other, blob], into: second)
        #expect(try await ledger.turn(for: blob, in: first, begun: one) == .bring(mounting: nil))
        #expect(try await ledger.turn(for: other, in: first, begun: one) == .bring(mounting: nil))
        await ledger.done(blob, in: first, arrived: true)
        await ledger.done(other, in: first, arrived: true)
        await ledger.end(one, [blob, other], isCommitted: true)
        #expect(try await ledger.turn(for: other, in: second, begun: two) == .bring(mounting: first))
    }
}

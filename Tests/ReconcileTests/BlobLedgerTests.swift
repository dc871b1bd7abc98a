import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("BlobLedger", .timeLimit(.minutes(3))) struct BlobLedgerTests {
    let ledger: BlobLedger
    let blob = Digest(hashing: [1])
    let one: RepositoryName
    let two: RepositoryName
    let three: RepositoryName

    init() throws {
        ledger = BlobLedger()
        (one, two, three) = (
            try RepositoryName("one"), try RepositoryName("two"), try RepositoryName("three")
        )
    }

    @Test("lets the first bring, and the next mount from it")
    func mounts() async throws {
        #expect(try await ledger.turn(for: blob, in: one) == .bring(mounting: nil))
        await ledger.done(blob, in: one, arrived: true)
        #expect(try await ledger.turn(for: blob, in: one) == .held)
        #expect(try await ledger.turn(for: blob, in: two) == .bring(mounting: one))
        await ledger.done(blob, in: two, arrived: true)
        #expect(try await ledger.turn(for: blob, in: three) == .bring(mounting: one))
    }

    @Test("lets all others wait while one brings, in the same repository and elsewhere")
    func waits() async throws {
        _ = try await ledger.turn(for: blob, in: one)
        async let same = ledger.turn(for: blob, in: one)
        async let other = ledger.turn(for: blob, in: two)
        async let another = ledger.turn(for: blob, in: three)
        await until { await ledger.waiting == 3 }
        await ledger.done(blob, in: one, arrived: true)
        #expect(try await same == .held)
        #expect(try await other == .bring(mounting: one))
        #expect(try await another == .bring(mounting: one))
        #expect(await ledger.waiting == 0)
    }

    @Test("hands a failed blob over to one of those who wait")
    func handsOver() async throws {
        _ = try await ledger.turn(for: blob, in: one)
        async let second = ledger.turn(for: blob, in: two)
        async let third = ledger.turn(for: blob, in: two)
        await until { await ledger.waiting == 2 }
        await ledger.done(blob, in: one, arrived: false)
        await until { await ledger.waiting == 1 }
        await ledger.done(blob, in: two, arrived: true)
        let turns = try await [second, third]
        #expect(turns.contains(.bring(mounting: nil)))
        #expect(turns.contains(.held))
    }

    @Test("hands over, however a bringing ends")
    func endsBringing() async throws {
        _ = try await ledger.turn(for: blob, in: one)
        async let second = ledger.turn(for: blob, in: two)
        await until { await ledger.waiting == 1 }
        let bringer = Task { [ledger, blob, one] in
            try await ledger.bring(blob, into: one) { () async throws(RegistryError) in
                await hangUntilCancelled()
                throw .made(.cancelled)
            }
        }
        bringer.cancel()
        await #expect(throws: RegistryError.self) { try await bringer.value }
        #expect(try await second == .bring(mounting: nil))
        try await ledger.bring(blob, into: two) { () async throws(RegistryError) in }
        #expect(try await ledger.turn(for: blob, in: one) == .bring(mounting: two))
    }

    @Test("frees a waiter whose task is cancelled")
    func cancels() async throws {
        _ = try await ledger.turn(for: blob, in: one)
        let waiter = Task { [ledger, blob, two] in try await ledger.turn(for: blob, in: two) }
        await until { await ledger.waiting == 1 }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(await ledger.waiting == 0)
        #expect(try await ledger.turn(for: Digest(hashing: [2]), in: two) == .bring(mounting: nil))
    }

    @Test("gives mounts up after three refusals in a row")
    func givesMountsUp() async throws {
        await ledger.note(blob, in: one)
        for granted in [false, false, true, false, false] { await ledger.mountEnded(granted: granted) }
        #expect(try await ledger.turn(for: blob, in: two) == .bring(mounting: one))
        await ledger.mountEnded(granted: false)
        #expect(try await ledger.turn(for: blob, in: three) == .bring(mounting: nil))
        // Nobody waits for another repository any more, since that would not spare the upload.
        let other = Digest(hashing: [2])
        #expect(try await ledger.turn(for: other, in: one) == .bring(mounting: nil))
        #expect(try await ledger.turn(for: other, in: two) == .bring(mounting: nil))
    }

    @Test("keeps what can't be mounted apart by repository")
    func withoutMounts() async throws {
        let ledger = BlobLedger(.nothing)
        #expect(try await ledger.turn(for: blob, in: one) == .bring(mounting: nil))
        #expect(try await ledger.turn(for: blob, in: two) == .bring(mounting: nil))
        await ledger.done(blob, in: one, arrived: true)
        #expect(try await ledger.turn(for: blob, in: one) == .held)
        #expect(try await ledger.turn(for: blob, in: three) == .bring(mounting: nil))
    }

    @Test("forgets all about one repository")
    func forgets() async throws {
        await ledger.note(blob, in: one)
        await ledger.note(blob, in: two)
        await ledger.forget(one)
        #expect(try await ledger.turn(for: blob, in: two) == .held)
        // A look of before may tell of it only now.
        await ledger.note(blob, in: one)
        #expect(try await ledger.turn(for: blob, in: one) == .bring(mounting: two))
        await ledger.done(blob, in: one, arrived: true)
        #expect(try await ledger.turn(for: blob, in: one) == .held)
    }
}

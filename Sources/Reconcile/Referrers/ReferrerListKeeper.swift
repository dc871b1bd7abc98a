import HTTP
import OCI
import Plan
import Registry

/// Keeps the list of referrers under a manifest's tag, where the registry keeps none by itself (distribution-spec,
/// "Referrers Tag Schema"): read, added to, written, and read again, since nothing stops another writer meanwhile.
struct ReferrerListKeeper: Sendable {
    let destination: any Backend
    let repository: RepositoryName
    let pause: @Sendable (Duration) async throws -> Void

    /// How often a list is written that others take away again.
    private static let rounds = 12
    /// The least time between writing a list and looking whether it has stayed.
    private static let settling = Duration.milliseconds(50)

    /// Sees to it that a list names these entries; returns the bytes that were written.
    ///
    /// A writer who has read the list before this one wrote it may still write his own: hence the time between, twice
    /// as long as it took to read and write here. Each round ends with a look, so that what was taken away is put back.
    func keep(_ entries: [ReferrerEntry], of subject: Digest, from source: ReferrerIndex?)
        async throws(RegistryError) -> Int64
    {
        var written: Int64 = 0
        for round in 0...Self.rounds {
            let begin = ContinuousClock.now
            let held = try await destination.referrerIndex(of: subject, in: repository)
            guard let next = ObservedReferrerList.merged(held, with: entries, from: source) else {
                return written
            }
            guard round < Self.rounds else { break }
            try await put(next, of: subject)
            written += Int64(next.bytes.count)
            let took = ContinuousClock.now - begin
            try await wait(max(Self.settling, took * 2) * Double.random(in: 1...1.5), subject)
        }
        throw failure(.moved, subject, "other writers kept taking away what was added to it")
    }

    private func put(_ list: ReferrerIndex, of subject: Digest) async throws(RegistryError) {
        let document: ManifestDocument
        do { document = try ManifestDocument(bytes: list.bytes, contentType: nil) } catch {
            throw failure(.malformed, subject, "\(error)")
        }
        let tag = AttachedTag.referrers.tag(for: subject)
        try await destination.put(document, as: .tag(tag), in: repository)
    }

    private func wait(_ time: Duration, _ subject: Digest) async throws(RegistryError) {
        do { try await pause(time) } catch { throw failure(.cancelled, subject, "the pass was ended") }
    }

    private func failure(_ kind: RegistryError.Kind, _ subject: Digest, _ detail: String) -> RegistryError {
        RegistryError(
            kind, at: destination.place, while: "update the list of referrers",
            "\(repository):\(AttachedTag.referrers.tag(for: subject))", detail: detail)
    }
}

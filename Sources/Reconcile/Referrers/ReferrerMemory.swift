import Desired
import OCI
import Registry
import State

/// What earlier passes found out about the things that hang on images. It saves requests, and nothing rests on it.
struct ReferrerMemory: Sendable {
    let store: Store?
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    /// Whether what earlier passes found out is believed; what this one finds out is remembered anyway.
    var recalls = true

    /// Children of an index that are worth remembering: more would fill the store.
    private static let mostChildren = 64

    /// Whether a destination was seen to hold at least these referrers of a manifest.
    func holds(
        _ referrers: [ReferrerEntry], of subject: Digest, in repository: RepositoryName, at place: String
    )
        async -> Bool
    {
        let key = Self.key(subject, repository, place)
        return await recall(key) == Self.fingerprint(referrers)
    }

    /// Remembers that a destination holds these referrers of a manifest.
    func note(
        _ referrers: [ReferrerEntry], of subject: Digest, in repository: RepositoryName, at place: String
    ) async {
        await remember(Self.key(subject, repository, place), Self.fingerprint(referrers))
    }

    /// How many seconds ago all that hangs on an image was last compared and found to be there.
    func age(of digest: Digest, _ claim: Claim, _ policy: ReferrerPolicy, at place: String) async -> Int64? {
        guard let text = await recall(Self.lookKey(digest, claim, policy, place)), let then = Int64(text)
        else {
            return nil
        }
        return now() - then
    }

    /// Remembers that all that hangs on an image was compared now and is there.
    func noteLook(at digest: Digest, _ claim: Claim, _ policy: ReferrerPolicy, at place: String) async {
        await remember(Self.lookKey(digest, claim, policy, place), "\(now())")
    }

    /// The manifests that an index names, which never change.
    func children(of index: Digest) async -> [Digest]? {
        guard let text = await recall("children \(index)") else { return nil }
        let digests = text.split(separator: " ").map { try? Digest(String($0)) }
        return digests.contains(nil) ? nil : digests.compactMap(\.self)
    }

    /// Remembers the manifests that an index names.
    func note(children: [Digest], of index: Digest) async {
        guard children.count <= Self.mostChildren else { return }
        await remember("children \(index)", children.map(\.description).joined(separator: " "))
    }

    private func recall(_ key: String) async -> String? {
        recalls ? await store?.recall(.referrers, [key])[key] : nil
    }
    private func remember(_ key: String, _ value: String) async {
        await store?.remember(.referrers, [key: value])
    }

    private static func key(_ subject: Digest, _ repository: RepositoryName, _ place: String) -> String {
        "\(place)/\(repository)@\(subject)"
    }

    private static func lookKey(_ digest: Digest, _ claim: Claim, _ policy: ReferrerPolicy, _ place: String)
        -> String
    {
        let kinds = Digest(hashing: Array(policy.types.joined(separator: "\n").utf8)).short
        return "look \(key(digest, claim.destinationRepository, place)) \(claim.sourceRegistry)/"
            + "\(claim.sourceRepository) \(kinds)"
    }

    private static func fingerprint(_ referrers: [ReferrerEntry]) -> String {
        let digests = referrers.map(\.descriptor.digest.description).sorted().joined(separator: " ")
        return Digest(hashing: Array(digests.utf8)).description
    }
}

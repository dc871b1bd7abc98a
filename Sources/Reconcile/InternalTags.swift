import OCI

/// Tags that carry signatures and referrers, as the lists of source repositories tell them: what they speak of is in
/// their name (distribution-spec, "Referrers Tag Schema"; cosign's tags add what they are).
struct InternalTags: Sendable {
    private var tags: [String: [RepositoryName: Set<String>]] = [:]

    /// Takes what a list says.
    mutating func note(_ listed: [String], in repository: RepositoryName, at registry: String) {
        let found = listed.filter { (try? Tag($0))?.isInternal == true }
        guard !found.isEmpty else { return }
        tags[registry, default: [:]][repository, default: []].formUnion(found)
    }

    /// The tags that speak of a digest.
    func tags(of digest: Digest, in repository: RepositoryName, at registry: String) -> [Tag] {
        guard let known = tags[registry]?[repository] else { return [] }
        let stem = "\(digest.algorithm.rawValue)-\(digest.hex.prefix(64))"
        return ["", ".sig", ".att", ".sbom"].map { stem + $0 }.filter(known.contains).compactMap {
            try? Tag($0)
        }
    }
}

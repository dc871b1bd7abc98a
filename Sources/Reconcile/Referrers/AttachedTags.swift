import OCI

/// The tags of a source repository that carry what hangs on its images.
struct AttachedTags: Sendable {
    /// Their names; `nil` where the source tells no list, so that each has to be asked for.
    let names: Set<String>?

    /// - Parameter tags: all tags of the repository, as the source spells them; `nil` where it tells none.
    init(among tags: [String]?) {
        names = tags.map { Set($0.filter { (try? Tag($0))?.isInternal == true }) }
    }

    /// True when a list has told that there are none.
    var isEmpty: Bool { names?.isEmpty == true }

    /// Whether the source has a tag; `nil` where only asking tells.
    func has(_ tag: Tag) -> Bool? { names.map { $0.contains(tag.description) } }

    /// The names of those that are about none of these manifests.
    func strangers(to digests: some Sequence<Digest>) -> [String] {
        let known = Set(digests.map { AttachedTag.referrers.tag(for: $0).description })
        return (names ?? []).filter { name in
            !known.contains(String(name.prefix { $0 != "." }))
        }
    }
}

import OCI

extension ImageEntry {
    /// What this entry makes of a repository's tags: `tags` judges what is listed or named in full, and pins
    /// have the last word.
    func decisions(on repository: RepositoryName, listed: [String]) -> [TagDecision] {
        let judged = tags.map { judge(repository, listed, by: $0) } ?? []
        guard !pins.isEmpty else { return judged }
        let pinned = pins.sorted { naturallyPrecedes($0.key, $1.key) }.map { tag, digest in
            TagDecision(
                tag: tag.description, kept: !tag.isInternal,
                reason: tag.isInternal ? TagPipeline.internalReason : "pin \(digest.short)")
        }
        let names = Set(pinned.map(\.tag))
        return judged.filter { !names.contains($0.tag) } + pinned
    }

    private func judge(_ repository: RepositoryName, _ listed: [String], by selector: TagSelector)
        -> [TagDecision]
    {
        // What does not exist can't be among the newest.
        guard repositories.names(repository), selector.newest == nil else { return selector.decide(listed) }
        let named = selector.include.compactMap(\.literal)
        // Where names say it all, a list that another entry asked for is not this one's business.
        return selector.decide(selector.literalTags == nil ? listed + named : named)
    }
}

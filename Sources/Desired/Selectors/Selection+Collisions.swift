import OCI

extension Selection {
    /// Finds the destination tags that are wanted from two different sources, in the order of the claims.
    ///
    /// Hosts tell registries apart, not the names that manifests give them. A pinned image and an unpinned
    /// one are different: they may part at any time.
    public static func collisions(among claims: [Claim], host: (String) -> String) -> [Collision] {
        var hosts: [String: String] = [:]
        func known(_ registry: String) -> String {
            if let host = hosts[registry] { return host }
            let found = host(registry)
            hosts[registry] = found
            return found
        }
        var holders: [Image: Holder] = [:]
        var collisions: [Collision] = []
        for claim in claims {
            let source = Image(
                host: known(claim.sourceRegistry), repository: claim.sourceRepository, tag: claim.sourceTag,
                pin: claim.pin, platforms: claim.platforms?.description)
            let destination = Image(
                host: known(claim.destinationRegistry), repository: claim.destinationRepository,
                tag: claim.destinationTag)
            let new = Holder(claim: claim, source: source, sources: [])
            guard holders[destination, default: new].sources.insert(source).inserted else { continue }
            guard let first = holders[destination], first.source != source else { continue }
            collisions.append(
                Collision(
                    destination: destination.description, first: first.claim, second: claim,
                    firstSource: first.source.description, secondSource: source.description))
        }
        return collisions
    }

    /// Who wants a destination tag first, and all that was wanted there.
    private struct Holder {
        var claim: Claim
        var source: Image
        var sources: Set<Image>
    }

    /// An image by its whole name.
    private struct Image: Hashable, CustomStringConvertible {
        var host: String
        var repository: RepositoryName
        var tag: Tag
        var pin: Digest?
        var platforms: String?

        var description: String {
            "\(host)/\(repository):\(tag)" + (pin.map { "@\($0)" } ?? "")
                + (platforms.map { " (\($0))" } ?? "")
        }
    }
}

/// Sets of images made at random, the same for the same seed: what a source holds, and what a destination held before.
///
/// Repositories share layers; tags are images, indexes, indexes of indexes, second names of another tag, or names of
/// what an index names; a destination's repository is absent, or has some tags as they are, some as they were, and
/// some of its own.
public struct Fleet: Sendable {
    /// What the source holds.
    public private(set) var source: [MadeImage] = []
    /// What the destination holds before anything is copied.
    public private(set) var destination: [MadeImage] = []
    /// The repositories of the source.
    public private(set) var repositories: [String] = []

    /// Makes a fleet.
    ///
    /// - Parameters:
    ///   - seed: tells fleets apart.
    ///   - prefix: what the names of repositories begin with.
    ///   - most: the most tags that a repository has.
    public init(seed: Int, prefix: String = "fleet/r", most: Int = 8) {
        var yard = Shipyard(seed: seed)
        for number in 1...Int.random(in: 1...4, using: &yard.random) {
            let repository = prefix + "\(number)"
            repositories.append(repository)
            let tags = Array(
                Self.tags.shuffled(using: &yard.random).prefix(Int.random(in: 1...most, using: &yard.random)))
            let images = yard.images(repository, tags)
            source += images
            guard Int.random(in: 0..<5, using: &yard.random) > 1 else { continue }
            for image in images {
                switch Int.random(in: 0..<3, using: &yard.random) {
                case 0: destination.append(image)
                case 1: destination.append(yard.images(repository, [image.tag])[0])
                default: break
                }
            }
            if Bool.random(using: &yard.random) {
                destination += yard.images(repository, ["1.0.1", "old"])
            }
        }
    }

    private static let tags = [
        "1", "1.0", "1.0.0", "1.2", "1.10", "2", "2-rc1", "a", "alpha-amd64", "edge", "latest", "nightly",
        "stable",
        "v1", "v2", "v10", "z",
    ]
}

/// Makes images out of a few parts, so that they share them.
private struct Shipyard {
    var random: Random
    private let layers: [MadeBlob]

    init(seed: Int) {
        var random = Random(seed: UInt64(seed))
        layers = (0..<14).map { number in
            let size = number == 0 ? 0 : Int.random(in: 1...3_000, using: &random)
            return MadeBlob((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        self.random = random
    }

    /// Images of one repository: what is made later may be made of what was made before.
    mutating func images(_ repository: String, _ tags: [String]) -> [MadeImage] {
        var made: [MadeImage] = []
        for tag in tags {
            var image = image(beside: made)
            (image.repository, image.tag) = (repository, tag)
            made.append(image)
        }
        return made
    }

    private mutating func image(beside others: [MadeImage]) -> MadeImage {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: return flat()
        case 4..<7: return index(others)
        case 7: return others.randomElement(using: &random) ?? flat()
        case 8: return child(of: others) ?? flat()
        default: return index(over: [index(others)])
        }
    }

    private mutating func flat() -> MadeImage {
        let types = Bool.random(using: &random) ? MediaTypes.oci : .docker
        let config = MadeBlob(Array("{\"n\":\(Int.random(in: 0..<60, using: &random))}".utf8))
        let chosen = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            layers[Int.random(in: layers.indices, using: &random)]
        }
        let listed = chosen.map { $0.descriptor(types.layer) }.joined(separator: ",")
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(types.manifest)","config":\#(config.descriptor(types.config)),"#
            + #""layers":[\#(listed)]}"#
        return MadeImage(
            repository: "", tag: "", blobs: chosen + [config],
            manifests: [MadeManifest(json, mediaType: types.manifest)])
    }

    private mutating func index(_ others: [MadeImage]) -> MadeImage {
        var children = (0..<Int.random(in: 1...3, using: &random)).map { _ in flat() }
        if Bool.random(using: &random), let known = child(of: others) { children.append(known) }
        return index(over: children)
    }

    private func index(over children: [MadeImage]) -> MadeImage {
        let platforms = [("amd64", ""), ("arm64", #","variant":"v8""#), ("s390x", ""), ("riscv64", "")]
        let listed = zip(children, platforms).map { child, platform in
            child.manifests[child.manifests.count - 1].descriptor(
                #","platform":{"architecture":"\#(platform.0)","os":"linux"\#(platform.1)}"#)
        }
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.index)","manifests":[\#(listed.joined(separator: ","))]}"#
        return MadeImage(
            repository: "", tag: "", blobs: children.flatMap(\.blobs),
            manifests: children.flatMap(\.manifests) + [MadeManifest(json, mediaType: MediaTypes.oci.index)])
    }

    /// What an index among them names, with all that hangs under it.
    private mutating func child(of others: [MadeImage]) -> MadeImage? {
        guard let index = others.filter({ $0.manifests.count > 1 }).randomElement(using: &random) else {
            return nil
        }
        let place = Int.random(in: 0..<index.manifests.count - 1, using: &random)
        return MadeImage(
            repository: "", tag: "", blobs: index.blobs, manifests: Array(index.manifests[...place]))
    }
}

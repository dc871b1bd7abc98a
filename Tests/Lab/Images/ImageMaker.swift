/// Makes images of a shape, layers being made once however many images share them.
public final class ImageMaker: Sendable {
    /// What is made.
    public let shape: Shape
    private let layers = Guarded<[LayerRecipe: MadeBlob]>([:])

    /// Makes images of one shape.
    public init(_ shape: Shape = Shape()) { self.shape = shape }

    /// The repository and tag of every image of the shape.
    public var names: [(repository: String, tag: String)] {
        shape.repositoryNames.flatMap { repository in shape.tagNames.map { (repository, $0) } }
    }

    /// Every image of the shape, made.
    public func images() throws -> [MadeImage] {
        try names.map { try image($0.repository, $0.tag) }
    }

    /// One image of the shape: a manifest, or an index over the shape's platforms.
    public func image(_ repository: String = "lab/r001", _ tag: String = "v001") throws -> MadeImage {
        let types = mediaTypes(repository, tag)
        var image = MadeImage(repository: repository, tag: tag, blobs: [], manifests: [])
        var children: [String] = []
        for platform in shape.platforms.isEmpty ? [nil] : shape.platforms.map(Optional.some) {
            let made = try layerRecipes(repository, tag, platform).map(layer)
            let place = Platform(platform ?? "linux/amd64")
            let config = config(place, repository, tag, made)
            let manifest = manifest(types, config, made)
            image.blobs += made + [config]
            image.manifests.append(manifest)
            children.append(manifest.descriptor(#","platform":{\#(place.json)}"#))
        }
        if !shape.platforms.isEmpty { image.manifests.append(index(types, children)) }
        return image
    }

    private func mediaTypes(_ repository: String, _ tag: String) -> MediaTypes {
        switch shape.media {
        case .oci: return .oci
        case .docker: return .docker
        case .mix:
            let sum = (repository + tag).utf8.reduce(0) { $0 + Int($1) }
            return sum.isMultiple(of: 2) ? .oci : .docker
        }
    }

    private func layerRecipes(_ repository: String, _ tag: String, _ platform: String?) -> [LayerRecipe] {
        let shared = shape.shared
        let names = shape.tagNames
        let isExtra = names.firstIndex(of: tag).map { $0 >= shape.tags } ?? false
        let base = isExtra ? names[max(0, shape.tags - 1)] : tag
        let place = platform ?? "any"
        var owners = shape.layerSizes.indices.map { index in
            if index < shared.across { return "all/\(place)/\(index)" }
            if index < shared.across + shared.inside { return "\(repository)/\(place)/\(index)" }
            return "\(repository):\(base)/\(place)/\(index)"
        }
        if isExtra, !owners.isEmpty { owners[owners.count - 1] = "\(repository):\(tag)/\(place)/new" }
        return zip(owners, shape.layerSizes).map { LayerRecipe(key: "\(shape.seed)/\($0)", asked: $1) }
    }

    private func layer(_ recipe: LayerRecipe) throws -> MadeBlob {
        if let known = layers.with({ $0[recipe] }) { return known }
        let made = try MadeBlob(recipe, by: shape.algorithm)
        layers.with { $0[recipe] = made }
        return made
    }

    private func config(
        _ platform: Platform, _ repository: String, _ tag: String, _ layers: [MadeBlob]
    ) -> MadeBlob {
        let insides = layers.compactMap(\.inside).map { #""\#($0)""# }.joined(separator: ",")
        let history = layers.indices.map {
            #"{"created":"2024-01-01T00:00:00Z","created_by":"layer \#($0)"}"#
        }
        let labels = #"{"lab.repository":"\#(repository)","lab.seed":"\#(shape.seed)","lab.tag":"\#(tag)"}"#
        let json =
            #"{\#(platform.json),"created":"2024-01-01T00:00:00Z","config":{"Env":["PATH=/bin"],"#
            + #""Labels":\#(labels)},"rootfs":{"type":"layers","diff_ids":[\#(insides)]},"#
            + #""history":[\#(history.joined(separator: ","))]}"#
        return MadeBlob(Array(json.utf8), by: shape.algorithm)
    }

    private func manifest(_ types: MediaTypes, _ config: MadeBlob, _ layers: [MadeBlob]) -> MadeManifest {
        let listed = layers.map { $0.descriptor(types.layer) }.joined(separator: ",")
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(types.manifest)","#
            + #""config":\#(config.descriptor(types.config)),"layers":[\#(listed)]}"#
        return MadeManifest(json, mediaType: types.manifest, by: shape.algorithm)
    }

    private func index(_ types: MediaTypes, _ children: [String]) -> MadeManifest {
        let listed = children.joined(separator: ",")
        let json = #"{"schemaVersion":2,"mediaType":"\#(types.index)","manifests":[\#(listed)]}"#
        return MadeManifest(json, mediaType: types.index, by: shape.algorithm)
    }
}

extension MadeBlob {
    /// The descriptor that a manifest names it by.
    func descriptor(_ mediaType: String, _ more: String = "") -> String {
        #"{"mediaType":"\#(mediaType)","digest":"\#(digest)","size":\#(size)\#(more)}"#
    }
}

/// The operating system and processor of `os/architecture/variant`.
private struct Platform {
    let json: String

    init(_ text: String) {
        let parts = text.split(separator: "/")
        let variant = parts.count > 2 ? #","variant":"\#(parts[2])""# : ""
        json = #""architecture":"\#(parts.count > 1 ? parts[1] : "amd64")","os":"\#(parts[0])"\#(variant)"#
    }
}

/// What a set of made images looks like; the same shape and seed give the same bytes everywhere.
public struct Shape: Sendable {
    /// Which family of media types is used.
    public enum Media: String, Sendable, CaseIterable {
        /// The image-spec's.
        case oci
        /// Docker's schema 2.
        case docker
        /// Either, in turns.
        case mix
    }

    /// Tells sets of one shape apart.
    public var seed = 1
    /// How many repositories there are.
    public var repositories = 1
    /// What their names begin with; `001` and so on follows.
    public var prefix = "lab/r"
    /// How many tags each has: `v001` and so on.
    public var tags = 1
    /// The size of each layer of an image, in bytes.
    public var layerSizes = [4_096, 4_096, 4_096]
    /// The part of an image's layers, from the lowest, that all repositories share.
    public var shareAcross = 0.0
    /// The part that follows, which all tags of a repository share.
    public var shareInRepository = 0.0
    /// With platforms such as `linux/arm64/v8`, each tag is an index over them.
    public var platforms: [String] = []
    /// The family of media types.
    public var media = Media.oci
    /// So many more tags, each like the last one but for its topmost layer.
    public var incremental = 0
    /// The hash function of every name.
    public var algorithm = Algorithm.sha256

    /// One small image.
    public init() {}

    /// One small image, changed as wanted.
    public init(_ change: (inout Shape) -> Void) {
        self.init()
        change(&self)
    }

    /// The names of all repositories.
    public var repositoryNames: [String] {
        (0..<repositories).map { prefix + Self.threeDigits($0 + 1) }
    }

    /// The names of all tags of a repository.
    public var tagNames: [String] {
        (0..<tags + incremental).map { "v" + Self.threeDigits($0 + 1) }
    }

    /// How many different blobs of layers there are, and their bytes.
    public var distinctLayers: Int {
        let across = shared.across
        let inside = shared.inside
        let own = layerSizes.count - across - inside
        let perPlatform = across + repositories * (inside + tags * own + incremental)
        return perPlatform * max(1, platforms.count)
    }

    /// How many of the lowest layers are shared by all, and how many above them within a repository.
    var shared: (across: Int, inside: Int) {
        let all = Double(layerSizes.count)
        let across = Int((all * shareAcross).rounded())
        return (across, min(layerSizes.count - across, Int((all * shareInRepository).rounded())))
    }

    private static func threeDigits(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
    }
}

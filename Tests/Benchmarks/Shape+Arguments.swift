import Lab

extension Shape {
    /// The options that describe a shape.
    static let optionNames: Set<String> = [
        "seed", "repos", "prefix", "tags", "layers", "layer-size", "sizes", "share-across", "share-in-repo",
        "platforms", "media", "incremental",
    ]

    /// Reads a shape off the command line.
    init(_ arguments: Arguments) throws {
        self.init()
        seed = try arguments.value("seed", seed)
        repositories = try arguments.value("repos", repositories)
        prefix = arguments["prefix"] ?? prefix
        tags = try arguments.value("tags", tags)
        let layers = try arguments.value("layers", 3)
        layerSizes = try Array(repeating: Self.bytes(arguments["layer-size"] ?? "64K"), count: layers)
        if let sizes = arguments["sizes"] {
            layerSizes = try sizes.split(separator: ",").map { try Self.bytes($0) }
        }
        shareAcross = try arguments.value("share-across", shareAcross)
        shareInRepository = try arguments.value("share-in-repo", shareInRepository)
        platforms = (arguments["platforms"] ?? "").split(separator: ",").map { String($0) }
        incremental = try arguments.value("incremental", incremental)
        guard let media = Media(rawValue: arguments["media"] ?? "oci") else {
            throw Arguments.Mistake(description: "--media: oci, docker or mix")
        }
        self.media = media
    }

    /// Reads a size such as `64K`, `32M` or `2G`.
    private static func bytes(_ text: some StringProtocol) throws -> Int {
        let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        let shift = text.last.flatMap { units[Character($0.uppercased())] }
        guard let number = Int(shift == nil ? String(text) : String(text.dropLast())), number > 0 else {
            throw Arguments.Mistake(description: "bad size '\(text)'")
        }
        return number << (shift ?? 0)
    }
}

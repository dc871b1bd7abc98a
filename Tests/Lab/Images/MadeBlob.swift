/// A blob with its name; a large one is made anew whenever its bytes are wanted.
public struct MadeBlob: Sendable {
    /// Its digest, as `algorithm:hex`.
    public let digest: String
    /// Its length.
    public let size: Int
    /// For a layer: the digest of the tar inside.
    let inside: String?
    private let content: Content

    private enum Content: Sendable {
        case bytes([UInt8])
        case recipe(LayerRecipe)
    }

    /// Names some bytes.
    public init(_ bytes: [UInt8], by algorithm: Algorithm = .sha256) {
        digest = Lab.digest(of: bytes, by: algorithm)
        size = bytes.count
        inside = nil
        content = .bytes(bytes)
    }

    /// Makes a layer once to learn its names; keeps the bytes of a small one.
    init(_ recipe: LayerRecipe, by algorithm: Algorithm = .sha256) throws {
        let (outer, inner) = (RunningDigest(algorithm), RunningDigest(algorithm))
        var kept: [UInt8] = []
        let keeps = recipe.size <= 1 << 20
        try recipe.forEachPiece(inside: { inner.add($0) }) { piece in
            outer.add(piece)
            if keeps { kept.append(contentsOf: piece) }
        }
        digest = outer.finish()
        inside = inner.finish()
        size = recipe.size
        content = keeps ? .bytes(kept) : .recipe(recipe)
    }

    /// Makes a layer of noise of about a size, the same for the same name.
    public static func layer(_ name: String, size: Int, by algorithm: Algorithm = .sha256) throws -> MadeBlob
    {
        try MadeBlob(LayerRecipe(key: name, asked: size), by: algorithm)
    }

    /// All its bytes.
    public var bytes: [UInt8] {
        get throws {
            var all: [UInt8] = []
            try forEachPiece { all.append(contentsOf: $0) }
            return all
        }
    }

    /// Hands out its bytes in pieces.
    func forEachPiece(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch content {
        case .bytes(let bytes): try bytes.withUnsafeBytes(take)
        case .recipe(let recipe): try recipe.forEachPiece(take)
        }
    }
}

import Desired
import OCI
import Plan
import Registry

/// Walks an image at its destination, where its tag is right, and finds what is missing behind it.
///
/// Manifests are read there by GET, so that their bytes are checked; blobs are asked for by HEAD, or many at once
/// where the place can answer that, each once for a repository. What a registry's own memory says wrongly is not found.
struct DeepWalk: Sendable {
    let observer: Observer
    let image: ObservedImage
    let source: any Backend
    let destination: any Backend
    let view: RepositoryView
    let pulls: PullBudget

    /// What a walk found of an image that is not whole.
    struct Found: Sendable {
        var loss: Loss
        /// What is to be put, children before parents: what is lost, and what names it.
        var manifests: [ObservedManifest]
        /// Manifests that were read at the source.
        var reads: Int
    }

    /// A manifest of the image, and whether the destination has it.
    private struct Node: Sendable {
        var document: ManifestDocument
        var isHeld: Bool
    }

    /// What is lost of an image, or of what hangs on it; nothing where all is there. `top` reads its own manifest at
    /// the source.
    func run(_ wanted: Digest, top: () async throws(RegistryError) -> ManifestDocument?)
        async throws(RegistryError) -> Found?
    {
        guard await !view.isWhole(wanted) else { return nil }
        var nodes: [Node] = []
        if let held = try await held(wanted) {
            nodes = [Node(document: held, isHeld: true)]
        } else {
            guard let document = try await top() else { throw gone(wanted) }
            nodes = [Node(document: document, isHeld: false)]
        }
        try await descend(&nodes)
        let missing = try await missingBlobs(of: nodes)
        let found = judge(nodes, missing)
        if found == nil { await view.noteWhole(nodes.map(\.document.digest)) }
        return found
    }

    /// Reads level by level; parents stand before their children then.
    private func descend(_ nodes: inout [Node]) async throws(RegistryError) {
        var seen = Set(nodes.map(\.document.digest))
        var level = nodes[...]
        var bytes = nodes.reduce(0) { $0 + Int64($1.document.bytes.count) }
        for _ in 0..<ImageBounds.depth where !level.isEmpty {
            var children: [Descriptor] = []
            for child in level.flatMap(\.document.children) where seen.insert(child.digest).inserted {
                if await !view.isWhole(child.digest) { children.append(child) }
            }
            guard seen.count <= ImageBounds.manifests else { throw tooLarge }
            let start = nodes.endIndex
            for some in children.pieces(of: 8) {
                // What is claimed is judged before it is read, and what came before more is read.
                guard some.allSatisfy({ $0.size <= ImageBounds.bytes - bytes }) else { throw tooLarge }
                let answers = await some.mapBounded(by: 8) { child -> Result<Node, RegistryError> in
                    do throws(RegistryError) { return .success(try await node(child.digest)) } catch {
                        return .failure(error)
                    }
                }
                for answer in answers {
                    let node = try answer.get()
                    bytes += Int64(node.document.bytes.count)
                    nodes.append(node)
                }
            }
            level = nodes[start...]
        }
        guard level.isEmpty else { throw tooLarge }
    }

    private func node(_ digest: Digest) async throws(RegistryError) -> Node {
        if let held = try await held(digest) { return Node(document: held, isHeld: true) }
        let repository = image.claim.sourceRepository
        try await pulls.setAside(1)
        let document = try await on(.source) { () async throws(RegistryError) in
            try await pulls.using { () async throws(RegistryError) in
                try await source.manifest(.digest(digest), in: repository)
            }
        }
        guard let document else { throw gone(digest) }
        return Node(document: document, isHeld: false)
    }

    private func held(_ digest: Digest) async throws(RegistryError) -> ManifestDocument? {
        await observer.counter.add(1)
        let repository = image.claim.destinationRepository
        return try await on(.destination) { () async throws(RegistryError) in
            try await destination.rightManifest(digest, in: repository)
        }
    }

    private func missingBlobs(of nodes: [Node]) async throws(RegistryError) -> Set<Digest> {
        var seen: Set<Digest> = []
        let blobs = nodes.flatMap(\.document.blobs).filter { seen.insert($0.digest).inserted }
        let repository = image.claim.destinationRepository
        let (destination, counter) = (destination, observer.counter)
        if let batches = destination.asBlobBatch {
            return try await view.missing(of: blobs.map(\.digest), most: batches.largestBlobBatch) {
                (some) async throws(RegistryError) in
                await counter.add(1)
                return try await on(.destination) { () async throws(RegistryError) in
                    try await batches.hasBlobs(some, in: repository)
                }
            }
        }
        let answers = await blobs.mapBounded(by: 16) { blob -> Result<Bool, RegistryError> in
            do throws(RegistryError) {
                let isThere = try await view.holds(blob.digest) { () async throws(RegistryError) in
                    await counter.add(1)
                    return try await on(.destination) { () async throws(RegistryError) in
                        try await destination.holds(blob, in: repository)
                    }
                }
                return .success(isThere)
            } catch { return .failure(error) }
        }
        var missing: Set<Digest> = []
        for (blob, answer) in zip(blobs, answers) {
            if try !answer.get() { missing.insert(blob.digest) }
        }
        return missing
    }

    /// A manifest that is lost, or names something that is, is put again, and so is all that leads to it.
    private func judge(_ nodes: [Node], _ missing: Set<Digest>) -> Found? {
        var broken: Set<Digest> = []
        var manifests: [ObservedManifest] = []
        for node in nodes.reversed() {
            let blobs = node.document.blobs.map(\.digest)
            let isBroken =
                !node.isHeld || blobs.contains(where: missing.contains)
                || node.document.children.contains { broken.contains($0.digest) }
            guard isBroken else { continue }
            broken.insert(node.document.digest)
            var manifest = ObservedManifest(
                node.document, present: Set(blobs).subtracting(missing),
                absent: missing.intersection(blobs))
            manifest.isHeld = node.isHeld
            manifests.append(manifest)
        }
        guard !manifests.isEmpty else { return nil }
        let lost = nodes.filter { !$0.isHeld }.map(\.document.digest)
        let loss = Loss(manifests: lost.sorted(), blobs: missing.sorted())
        return Found(loss: loss, manifests: manifests, reads: lost.count)
    }

    private func gone(_ digest: Digest) -> RegistryError {
        RegistryError(
            .notFound, on: .source, at: source.place, while: "read manifest",
            "\(image.claim.sourceRepository)@\(digest)",
            detail: "the destination lost it behind the tag, and the source has it no more")
    }

    private var tooLarge: RegistryError {
        RegistryError(
            .malformed, on: .destination, at: destination.place, while: "look deep into",
            "\(image.claim.destinationRepository):\(image.claim.destinationTag)",
            detail:
                "its index has more than \(ImageBounds.depth) levels, \(ImageBounds.manifests) manifests or"
                + " \(ImageBounds.bytes >> 20) MiB of them")
    }
}

extension Backend {
    /// A manifest as the place has it. Bytes that are not its own are no manifest.
    func rightManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    {
        do throws(RegistryError) {
            let document = try await manifest(.digest(digest), in: repository)
            return document.flatMap { Digest(hashing: $0.bytes, by: digest.algorithm) == digest ? $0 : nil }
        } catch let error where error.kind == .wrongBytes { return nil }
    }
}

extension Array {
    /// The elements in rows of so many.
    func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

/// The bounds of an image that is walked.
enum ImageBounds {
    static let depth = 8
    static let manifests = 2000
    static let bytes: Int64 = 64 << 20
}

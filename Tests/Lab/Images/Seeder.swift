import Foundation

/// Pushes made images to a registry, with a client of its own.
public final class Seeder: Sendable {
    /// What was done.
    public struct Summary: Sendable {
        /// Tags that were pushed.
        public var tags = 0
        /// Blobs whose bytes were sent.
        public var blobsSent = 0
        /// Bytes of those blobs.
        public var bytesSent = 0
        /// Blobs that were mounted from another repository.
        public var mounts = 0
    }

    private let endpoint: Endpoint
    private let login: Login?
    private let homes = Guarded<[String: String]>([:])
    private let summary = Guarded(Summary())

    /// Pushes to one registry.
    public init(_ endpoint: Endpoint, login: Login? = nil) {
        self.endpoint = endpoint
        self.login = login
    }

    /// Pushes every image of a shape: the tags of a single repository side by side; of several repositories the
    /// first before all others, so that they can mount from it.
    @discardableResult
    public func push(_ maker: ImageMaker, threads: Int = 4) throws -> Summary {
        let tags = maker.shape.tagNames
        let repositories = maker.shape.repositoryNames
        if repositories.count == 1 {
            try inParallel(tags.count, threads: threads) { [self] index in
                try push(maker.image(repositories[0], tags[index]))
            }
            return summary.with { $0 }
        }
        let all = { @Sendable [self] (repository: String) in
            for tag in tags { try push(maker.image(repository, tag)) }
        }
        try repositories.prefix(1).forEach(all)
        try inParallel(repositories.count - 1, threads: threads) { try all(repositories[$0 + 1]) }
        return summary.with { $0 }
    }

    /// Pushes every image of a shape.
    @discardableResult
    public func push(_ shape: Shape, threads: Int = 4) throws -> Summary {
        try push(ImageMaker(shape), threads: threads)
    }

    /// Pushes one image: blobs, then manifests, children first.
    public func push(_ image: MadeImage) throws {
        let client = RawClient(endpoint, login: login)
        for blob in image.blobs { try push(blob, to: image.repository, client) }
        for (place, manifest) in image.manifests.enumerated() {
            let isTop = place == image.manifests.count - 1
            try push(manifest, to: image.repository, as: isTop ? image.tag : manifest.digest, client)
        }
        summary.with { $0.tags += 1 }
    }

    /// Puts one manifest under a tag or its digest.
    public func push(_ manifest: MadeManifest, to repository: String, as reference: String) throws {
        try push(manifest, to: repository, as: reference, RawClient(endpoint, login: login))
    }

    /// Puts one blob into a repository.
    public func push(_ blob: MadeBlob, to repository: String) throws {
        try push(blob, to: repository, RawClient(endpoint, login: login))
    }

    private func push(
        _ manifest: MadeManifest, to repository: String, as reference: String, _ client: RawClient
    ) throws {
        let target = "/v2/\(repository)/manifests/\(reference)"
        let answer = try client.send(
            "PUT", target, headers: ["Content-Type": manifest.mediaType], body: .bytes(manifest.bytes))
        guard answer.status == 201 else { throw LabError("PUT \(target): \(answer.status) \(answer.text)") }
    }

    private func push(_ blob: MadeBlob, to repository: String, _ client: RawClient) throws {
        if try client.send("HEAD", "/v2/\(repository)/blobs/\(blob.digest)").status == 200 { return }
        var target = "/v2/\(repository)/blobs/uploads/"
        if let home = homes.with({ $0[blob.digest] }), home != repository {
            target += "?mount=\(blob.digest)&from=\(home)"
        }
        let start = try client.send("POST", target)
        if start.status == 201 { return summary.with { $0.mounts += 1 } }
        guard start.status == 202, let location = start.headers["Location"] else {
            throw LabError("POST \(target): \(start.status) \(start.text)")
        }
        let place = Self.path(location)
        let put = place + (place.contains("?") ? "&" : "?") + "digest=\(blob.digest)"
        let end = try client.send(
            "PUT", put, headers: ["Content-Type": "application/octet-stream"], body: .blob(blob))
        guard end.status == 201 else { throw LabError("PUT \(put): \(end.status) \(end.text)") }
        homes.with { $0[blob.digest] = $0[blob.digest] ?? repository }
        summary.with {
            $0.blobsSent += 1
            $0.bytesSent += blob.size
        }
    }

    /// The path and query of a location that may be a whole URL.
    private static func path(_ location: String) -> String {
        guard let scheme = location.range(of: "://") else { return location }
        return String(location[scheme.upperBound...].drop { $0 != "/" })
    }
}

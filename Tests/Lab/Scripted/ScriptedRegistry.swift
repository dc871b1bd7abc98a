import Foundation

/// A small registry in memory, for what no real registry can be made to do.
public final class ScriptedRegistry: Sendable {
    /// Has the first word on every request; nil lets the registry answer by itself.
    public typealias Script = @Sendable (ScriptedRequest) -> ScriptedResponse?

    let store = Guarded(RegistryStore())
    private let knobs: Guarded<RegistryKnobs>
    private let script: Guarded<Script>
    private let server: ScriptedServer

    /// Starts an empty registry on any free port of loopback, or where wanted.
    public init(
        _ knobs: RegistryKnobs = RegistryKnobs(), listen: Endpoint = Endpoint(port: 0),
        script: @escaping Script = { _ in nil }
    ) throws {
        self.knobs = Guarded(knobs)
        self.script = Guarded(script)
        let answer = Guarded<ScriptedServer.Script?>(nil)
        server = try ScriptedServer(listen: listen, keepsBodies: !knobs.forgetsBodies) { request in
            answer.with { $0 }?(request) ?? ScriptedResponse(503)
        }
        answer.with { $0 = { [weak self] in self?.answer($0) ?? ScriptedResponse(503) } }
    }

    /// Where it listens.
    public var endpoint: Endpoint { server.endpoint }
    /// Its address as manifests name it.
    public var host: String { server.host }
    /// Its address as a URL.
    public var url: String { server.url }
    /// Every request so far.
    public var requests: [ScriptedRequest] { server.requests }

    /// How many requests broke off in their body and have been dealt with since.
    public var brokenRequests: Int { server.brokenRequests }

    /// Stops it and ends every connection.
    public func stop() { server.stop() }

    /// Turns knobs while it runs.
    public func turn(_ change: (inout RegistryKnobs) -> Void) { knobs.with { change(&$0) } }

    /// Puts another script in place, for the requests that come from now on.
    public func setScript(_ script: @escaping Script) { self.script.with { $0 = script } }

    /// Puts an image in without the wire, under the digests that it has.
    public func hold(_ image: MadeImage) throws {
        let blobs = try image.blobs.map { ($0.digest, try $0.bytes) }
        store.with { store in
            for (digest, bytes) in blobs { store[image.repository].blobs[digest] = bytes }
            for made in image.manifests {
                store[image.repository].manifests[made.digest] = .init(
                    mediaType: made.mediaType, bytes: made.bytes)
            }
            store[image.repository].tags[image.tag] = image.digest
        }
    }

    /// Points a tag at a digest, or takes it away, without the wire.
    public func move(_ tag: String, to digest: String?, in repository: String) {
        store.with { $0[repository].tags[tag] = digest }
    }

    /// Takes a blob away without the wire.
    public func lose(blob digest: String, in repository: String) {
        store.with { $0[repository].blobs[digest] = nil }
    }

    /// Ends every upload that is under way, as a registry that was restarted does.
    public func loseUploads() { store.with { $0.uploads = [:] } }

    /// The tags of a repository, with the digests they point at.
    public func tags(in repository: String) -> [String: String] { store.with { $0[repository].tags } }

    /// The bytes of a manifest by tag or digest.
    public func manifest(_ reference: String, in repository: String) -> [UInt8]? {
        store.with { $0[repository].find(reference)?.manifest.bytes }
    }

    /// The bytes of a blob.
    public func blob(_ digest: String, in repository: String) -> [UInt8]? {
        store.with { $0[repository].blobs[digest] }
    }

    /// Counts a manifest that is read; what is left after a request of a manifest, below zero where it was one too many.
    private func countPull(_ request: ScriptedRequest) -> Int? {
        let kind = request.route.kind
        guard [.manifestByTag, .manifestByDigest, .manifestByDigestTag].contains(kind) else { return nil }
        return knobs.with { knobs in
            guard let pulls = knobs.pulls, ["GET", "HEAD"].contains(request.method) else { return nil }
            guard request.method == "GET" else { return pulls.limit - pulls.used }
            guard pulls.used < pulls.limit else { return -1 }
            knobs.pulls?.used += 1
            return pulls.limit - pulls.used - 1
        }
    }

    private func answer(_ request: ScriptedRequest) -> ScriptedResponse {
        if let scripted = script.with({ $0 })(request) { return scripted }
        let left = countPull(request)
        let knobs = knobs.with { $0 }
        var response = usual(request, knobs)
        if let pulls = knobs.pulls, let left {
            if left < 0 {
                response = .error(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.")
            }
            if left < 0, let pause = pulls.retryAfter { response.headers["Retry-After"] = "\(pause)" }
            response.headers["ratelimit-limit"] = "\(pulls.limit);w=21600"
            response.headers["ratelimit-remaining"] = "\(max(0, left));w=21600"
            response.headers["docker-ratelimit-source"] = "203.0.113.7"
        }
        if let warning = knobs.warning { response.headers["Warning"] = #"299 - "\#(warning)""# }
        if !knobs.saysDigest { response.headers["Docker-Content-Digest"] = nil }
        return response
    }

    private func usual(_ request: ScriptedRequest, _ knobs: RegistryKnobs) -> ScriptedResponse {
        if let login = knobs.login, request.headers["Authorization"] != login.basic {
            var refusal = ScriptedResponse.error(401, "UNAUTHORIZED", "authentication required")
            refusal.headers["Www-Authenticate"] = #"Basic realm="harbour""#
            return refusal
        }
        if let largest = knobs.largestBody, request.body.count > largest {
            return .error(413, "SIZE_INVALID", "more than \(largest) bytes")
        }
        let route = request.route
        let (repository, reference) = (route.repository ?? "", route.reference ?? "")
        switch route.kind {
        case .ping: return .json(200, "{}", headers: ["Docker-Distribution-Api-Version": "registry/2.0"])
        case .catalog: return catalog(request, knobs)
        case .tags: return tags(request, repository, knobs)
        case .manifestByTag, .manifestByDigest, .manifestByDigestTag:
            return manifests(request, repository, reference, knobs)
        case .blob: return blobs(request, repository, reference, knobs)
        case .uploadStart, .mount, .uploadInOne: return begin(request, repository, knobs)
        case .upload: return goOn(request, repository, reference, knobs)
        case .referrers: return referrers(request, repository, reference, knobs)
        case .other: return .error(404, "NOT_FOUND")
        }
    }
}

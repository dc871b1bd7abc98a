import Foundation

extension ScriptedRegistry {
    /// The manifests that name one as their subject, page by page.
    func referrers(
        _ request: ScriptedRequest, _ repository: String, _ subject: String, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        guard knobs.hasReferrers else { return .error(404, "NOT_FOUND") }
        guard let held = store.with({ $0.repositories[repository] }) else {
            return .error(404, "NAME_UNKNOWN", "repository name not known to registry")
        }
        var found = held.manifests.sorted { $0.key < $1.key }.compactMap { digest, manifest in
            Listed(digest, manifest).flatMap { $0.subject == subject ? $0 : nil }
        }
        let type = request.query("artifactType")
        if let type, knobs.filtersReferrers { found.removeAll { $0.type != type } }
        let left = found.filter { $0.digest > request.query("last") ?? "" }
        let shown = left.prefix(knobs.referrerPageSize ?? Int.max)
        let listed = shown.map(\.json).joined(separator: ",")
        var response = ScriptedResponse.json(
            200, #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.index)","manifests":[\#(listed)]}"#)
        response.headers["Content-Type"] = MediaTypes.oci.index
        if type != nil, knobs.filtersReferrers { response.headers["OCI-Filters-Applied"] = "artifactType" }
        if left.count > shown.count, let last = shown.last {
            let kind = type.map {
                "&artifactType=" + ($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
            }
            response.headers["Link"] = "<\(request.path)?last=\(last.digest)\(kind ?? "")>; rel=\"next\""
        }
        return response
    }

    /// Puts a referrer in without the wire.
    public func hold(_ referrer: MadeReferrer) throws {
        let blobs = try referrer.blobs.map { ($0.digest, try $0.bytes) }
        store.with { store in
            for (digest, bytes) in blobs { store[referrer.repository].blobs[digest] = bytes }
            store[referrer.repository].manifests[referrer.manifest.digest] = .init(
                mediaType: referrer.manifest.mediaType, bytes: referrer.manifest.bytes)
        }
    }

    /// What a manifest says of itself, as a list names it.
    private struct Listed {
        struct Written: Decodable {
            struct Part: Decodable {
                let mediaType: String?
                let digest: String?
            }
            let subject: Part?
            let artifactType: String?
            let config: Part?
            let annotations: [String: String]?
        }

        let digest: String
        let subject: String
        let type: String?
        let json: String

        init?(_ digest: String, _ manifest: RegistryStore.Manifest) {
            guard let written = try? JSONDecoder().decode(Written.self, from: Data(manifest.bytes)),
                let subject = written.subject?.digest
            else { return nil }
            self.digest = digest
            self.subject = subject
            type = written.artifactType ?? written.config?.mediaType
            let notes = (written.annotations ?? [:]).sorted { $0.key < $1.key }
                .map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
            json =
                #"{"mediaType":"\#(manifest.mediaType)","digest":"\#(digest)","size":\#(manifest.bytes.count),"#
                + #""artifactType":"\#(type ?? "")","annotations":{\#(notes)}}"#
        }
    }
}

import Foundation

extension ScriptedRegistry {
    func put(
        _ request: ScriptedRequest, _ repository: String, _ reference: String, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        guard request.isWhole else { return ScriptedResponse(400) }
        let wanted = reference.contains(":") ? reference : request.query("digest")
        let digest = Lab.digest(of: request.body, by: wanted.map { Algorithm(of: $0) } ?? .sha256)
        guard wanted == nil || wanted == digest else {
            return .error(400, "DIGEST_INVALID", "it is \(digest)")
        }
        guard let parts = try? JSONDecoder().decode(ManifestParts.self, from: Data(request.body)) else {
            return .error(400, "MANIFEST_INVALID", "no JSON of a manifest")
        }
        return store.with { store in
            let held = store[repository]
            let missing =
                parts.blobs.first { held.blobs[$0] == nil }
                ?? (parts.manifests ?? []).map(\.digest).first { held.manifests[$0] == nil }
            if knobs.checksParts, let missing {
                return .error(400, "MANIFEST_BLOB_UNKNOWN", "\(missing) unknown to registry")
            }
            if knobs.wantsSubjectFirst, let subject = parts.subject, held.manifests[subject.digest] == nil {
                return .error(404, "MANIFEST_UNKNOWN", "subject \(subject.digest) unknown to registry")
            }
            let type = request.headers["Content-Type"] ?? MediaTypes.oci.manifest
            store[repository].manifests[digest] = .init(mediaType: type, bytes: request.body)
            if !reference.contains(":") { store[repository].tags[reference] = digest }
            let location = "/v2/\(repository)/manifests/\(digest)"
            var response = ScriptedResponse(
                201, headers: ["Location": location, "Docker-Content-Digest": digest])
            if knobs.saysSubject ?? knobs.hasReferrers, let subject = parts.subject {
                response.headers["OCI-Subject"] = subject.digest
            }
            return response
        }
    }

    func begin(_ request: ScriptedRequest, _ repository: String, _ knobs: RegistryKnobs) -> ScriptedResponse {
        guard request.method == "POST" else { return .error(405, "UNSUPPORTED") }
        if let digest = request.query("mount") {
            if knobs.mounts == .denied { return .error(403, "DENIED", "no mounts here") }
            if knobs.mounts == .done, mount(digest, from: request.query("from"), to: repository) {
                return created(digest, repository)
            }
        } else if let digest = request.query("digest"), knobs.takesSinglePost, request.isWhole {
            return finish(request.body, digest, repository)
        }
        let upload = store.with { $0.beginUpload(repository) }
        var response = underWay(202, repository, upload, 0)
        if let least = knobs.chunkMinimum { response.headers["OCI-Chunk-Min-Length"] = "\(least)" }
        return response
    }

    func goOn(
        _ request: ScriptedRequest, _ repository: String, _ name: String, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        guard var upload = store.with({ $0.uploads[name] }), upload.repository == repository else {
            return .error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        }
        if request.method == "GET" { return underWay(204, repository, name, upload.bytes.count) }
        if request.method == "DELETE" {
            store.with { $0.uploads[name] = nil }
            return ScriptedResponse(204)
        }
        guard isNext(request, after: upload.bytes.count) else {
            return underWay(416, repository, name, upload.bytes.count)
        }
        upload.bytes += request.body
        let isLost = !request.isWhole && !knobs.keepsBrokenUploads
        store.with { $0.uploads[name] = isLost ? nil : upload }
        let isShort = upload.bytes.count < knobs.chunkMinimum ?? 0
        if request.method == "PATCH" {
            if isShort && request.isWhole {
                return .error(416, "SIZE_INVALID", "a chunk below the least size")
            }
            return underWay(202, repository, name, upload.bytes.count)
        }
        guard request.method == "PUT", request.isWhole, let digest = request.query("digest") else {
            return .error(400, "DIGEST_INVALID", "no digest")
        }
        let response = finish(upload.bytes, digest, repository)
        store.with { $0.uploads[name] = nil }
        return response
    }

    private func isNext(_ request: ScriptedRequest, after count: Int) -> Bool {
        guard let range = request.headers["Content-Range"] else { return true }
        let numbers = range.split { !$0.isNumber }
        return numbers.first.flatMap { Int($0) } == count
    }

    private func mount(_ digest: String, from: String?, to repository: String) -> Bool {
        store.with { store in
            let homes = from.map { [$0] } ?? store.repositories.keys.sorted()
            guard let home = homes.first(where: { store[$0].blobs[digest] != nil }) else { return false }
            store[repository].blobs[digest] = store[home].blobs[digest]
            return true
        }
    }

    private func finish(_ bytes: [UInt8], _ digest: String, _ repository: String) -> ScriptedResponse {
        let real = Lab.digest(of: bytes, by: Algorithm(of: digest))
        guard real == digest else { return .error(400, "DIGEST_INVALID", "it is \(real)") }
        store.with { $0[repository].blobs[digest] = bytes }
        return created(digest, repository)
    }

    private func created(_ digest: String, _ repository: String) -> ScriptedResponse {
        let location = "/v2/\(repository)/blobs/\(digest)"
        return ScriptedResponse(201, headers: ["Location": location, "Docker-Content-Digest": digest])
    }

    private func underWay(_ status: Int, _ repository: String, _ name: String, _ count: Int)
        -> ScriptedResponse
    {
        let headers: Headers = [
            "Location": "/v2/\(repository)/blobs/uploads/\(name)", "Range": "0-\(max(0, count - 1))",
            "Docker-Upload-UUID": name,
        ]
        return ScriptedResponse(status, headers: headers)
    }
}

import Foundation

extension ScriptedRegistry {
    func catalog(_ request: ScriptedRequest, _ knobs: RegistryKnobs) -> ScriptedResponse {
        guard knobs.hasCatalog else { return .error(404, "UNSUPPORTED", "no catalog here") }
        let names = store.with { $0.repositories.keys.sorted() }
        return page(of: names, named: "repositories", start: "{", request, knobs)
    }

    func tags(_ request: ScriptedRequest, _ repository: String, _ knobs: RegistryKnobs) -> ScriptedResponse {
        guard let held = store.with({ $0.repositories[repository] }) else {
            return .error(404, "NAME_UNKNOWN", "repository name not known to registry")
        }
        let start = #"{"name":"\#(repository)","#
        var response = page(of: held.tags.keys.sorted(), named: "tags", start: start, request, knobs)
        if knobs.hasEndlessPages {
            let number = (request.query("turn").flatMap { Int($0) } ?? 0) + 1
            response.headers["Link"] = "</v2/\(repository)/tags/list?turn=\(number)>; rel=\"next\""
        }
        return response
    }

    private func page(
        of names: [String], named: String, start: String, _ request: ScriptedRequest, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        let left = names.filter { $0 > request.query("last") ?? "" }
        let wanted = request.query("n").flatMap { Int($0) } ?? Int.max
        let size = min(wanted, knobs.pageSize ?? Int.max)
        let shown = left.prefix(size)
        let listed = shown.map { #""\#($0)""# }.joined(separator: ",")
        var response = ScriptedResponse.json(200, #"\#(start)"\#(named)":[\#(listed)]}"#)
        if left.count > shown.count, let last = shown.last {
            response.headers["Link"] = "<\(request.path)?n=\(size)&last=\(last)>; rel=\"next\""
        }
        return response
    }

    func blobs(
        _ request: ScriptedRequest, _ repository: String, _ digest: String, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        guard let bytes = blob(digest, in: repository) else {
            return .error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        }
        switch request.method {
        case "GET", "HEAD": return content(bytes, digest, request, knobs)
        case "DELETE" where knobs.deletes:
            lose(blob: digest, in: repository)
            return ScriptedResponse(202)
        default: return .error(405, "UNSUPPORTED")
        }
    }

    private func content(
        _ bytes: [UInt8], _ digest: String, _ request: ScriptedRequest, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        let headers: Headers = ["Content-Type": "application/octet-stream", "Docker-Content-Digest": digest]
        guard knobs.hasRanges, request.method == "GET", let range = request.headers["Range"] else {
            return ScriptedResponse(200, headers: headers, body: bytes)
        }
        let ends = range.drop { $0 != "=" }.dropFirst().split(
            separator: "-", omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ Int($0) }), first < bytes.count else {
            return ScriptedResponse(416, headers: ["Content-Range": "bytes */\(bytes.count)"])
        }
        let last = min(bytes.count - 1, ends.dropFirst().first.flatMap { Int($0) } ?? bytes.count - 1)
        var response = ScriptedResponse(206, headers: headers, body: Array(bytes[first...max(first, last)]))
        response.headers["Content-Range"] = "bytes \(first)-\(last)/\(bytes.count)"
        return response
    }

    func manifests(
        _ request: ScriptedRequest, _ repository: String, _ reference: String, _ knobs: RegistryKnobs
    ) -> ScriptedResponse {
        if request.method == "PUT" { return put(request, repository, reference, knobs) }
        guard let (digest, held) = store.with({ $0[repository].find(reference) }) else {
            return .error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        }
        switch request.method {
        case "GET", "HEAD":
            let headers: Headers = ["Content-Type": held.mediaType, "Docker-Content-Digest": digest]
            return ScriptedResponse(200, headers: headers, body: held.bytes)
        case "DELETE" where knobs.deletes:
            store.with { store in
                if !reference.contains(":") { return store[repository].tags[reference] = nil }
                store[repository].manifests[digest] = nil
                store[repository].tags = store[repository].tags.filter { $0.value != digest }
            }
            return ScriptedResponse(202)
        default: return .error(405, "UNSUPPORTED")
        }
    }
}

import HTTP
import OCI
import Registry

extension FuzzTarget {
    /// The first byte chooses what the answer calls itself.
    static func manifest(_ bytes: [UInt8]) {
        let types = MediaType.manifests.map(\.rawValue) + ["", "a/b", "application/vnd.other+json"]
        let type = types[Int(bytes.first ?? 0) % types.count]
        for (body, contentType) in [(Array(bytes.dropFirst()), type), (bytes, nil)] {
            guard let document = try? ManifestDocument(bytes: body, contentType: contentType) else {
                continue
            }
            hold(document.bytes == body, "other bytes")
            hold(document.digest == Digest(hashing: body), "another digest")
            hold(document.blobs.allSatisfy { $0.size >= 0 && !$0.mediaType.isForeign }, "a blob that is none")
            hold(document.children.isEmpty || document.blobs.isEmpty, "blobs and children")
        }
    }

    static func references(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let tag = try? Tag(text) { hold(tag.description == text, "the tag is \(tag)") }
        if let name = try? RepositoryName(text) { hold(name.description == text, "the name is \(name)") }
        if let digest = try? Digest(text) {
            hold((try? Digest(digest.description)) == digest, "the digest is \(digest)")
        }
        if let address = try? Address(text) {
            hold((try? address.resolving(text)) != nil, "\(address) does not lead to itself")
        }
        if let origin = try? Origin.api(of: text, plainHTTP: nil) {
            hold(!origin.host.isEmpty && !origin.authority.contains("/"), "the host is \(origin.host)")
        }
    }

    static func challenge(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        let challenges = Challenge.parse(lines)
        hold(challenges.count <= 32, "\(challenges.count) challenges")
        for challenge in challenges {
            hold(!challenge.scheme.isEmpty && challenge.parameters.count <= 32, "\(challenge)")
        }
        for scope in lines.prefix(8) { _ = try? Address(scope) }
    }
}

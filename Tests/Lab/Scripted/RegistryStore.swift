import Foundation

/// What a scripted registry holds.
struct RegistryStore {
    struct Manifest {
        let mediaType: String
        let bytes: [UInt8]
    }

    struct Repository {
        var blobs: [String: [UInt8]] = [:]
        var manifests: [String: Manifest] = [:]
        var tags: [String: String] = [:]

        /// A manifest by tag or digest, with its digest.
        func find(_ reference: String) -> (digest: String, manifest: Manifest)? {
            let digest = reference.contains(":") ? reference : tags[reference] ?? ""
            return manifests[digest].map { (digest, $0) }
        }
    }

    struct Upload {
        let repository: String
        var bytes: [UInt8] = []
    }

    var repositories: [String: Repository] = [:]
    var uploads: [String: Upload] = [:]
    var uploadsBegun = 0

    subscript(name: String) -> Repository {
        get { repositories[name] ?? Repository() }
        set { repositories[name] = newValue }
    }

    mutating func beginUpload(_ repository: String) -> String {
        uploadsBegun += 1
        let name = "upload-\(uploadsBegun)"
        uploads[name] = Upload(repository: repository)
        return name
    }
}

/// Parts that a manifest names.
struct ManifestParts: Decodable {
    struct Part: Decodable {
        let digest: String
        let urls: [String]?
    }

    let config: Part?
    let layers: [Part]?
    let manifests: [Part]?
    /// The manifest that it is about.
    let subject: Part?

    /// Blobs that must be in the repository.
    var blobs: [String] {
        ((config.map { [$0] } ?? []) + (layers ?? [])).filter { ($0.urls ?? []).isEmpty }.map(\.digest)
    }
}

extension Algorithm {
    /// The hash function that a digest names.
    init(of digest: String) { self = digest.hasPrefix("sha512:") ? .sha512 : .sha256 }
}

import Foundation

extension DockerRegistry {
    /// The blobs and manifests whose bytes are not those of their name, by looking into the storage itself.
    public func wrongBytes() throws -> [String] {
        let root = storage + "/docker/registry/v2/blobs"
        return try Self.files(below: root, named: "data").filter { file in
            let parts = file.split(separator: "/")
            guard parts.count > 3, let bytes = FileManager.default.contents(atPath: "\(root)/\(file)") else {
                throw LabError("\(root)/\(file) can't be read")
            }
            let algorithm = Algorithm(rawValue: String(parts[0])) ?? .sha256
            return digest(of: [UInt8](bytes), by: algorithm) != "\(parts[0]):\(parts[parts.count - 2])"
        }
    }

    /// Every file of the storage, by its path below it: two registries with the same list hold the same.
    public func files() throws -> [String] {
        let root = storage + "/docker/registry/v2"
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    /// The uploads that were begun and neither ended nor cancelled: a repository and the upload's own name.
    public func openUploads() throws -> [String] {
        let root = storage + "/docker/registry/v2/repositories"
        return try Self.files(below: root, named: "startedat").map { file in
            file.split(separator: "/").dropLast().filter { $0 != "_uploads" }.joined(separator: "/")
        }
    }

    private static func files(below root: String, named name: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter {
            $0.hasSuffix("/\(name)")
        }
    }
}

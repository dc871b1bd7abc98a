import Foundation

/// Finds Debian's docker-registry program, without ever installing its service.
enum RegistryBinary {
    private static let known = Guarded<String?>(nil)

    /// Its path: what `DAVIT_LAB_REGISTRY` says, what `PATH` has, or what Debian's package holds, unpacked in a
    /// cache folder.
    static func find() throws -> String {
        try known.with { known in
            if let known { return known }
            let path = try look()
            known = path
            return path
        }
    }

    private static func look() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["DAVIT_LAB_REGISTRY"] {
            guard access(path, X_OK) == 0 else { throw LabError("DAVIT_LAB_REGISTRY: no program at \(path)") }
            return path
        }
        if let path = Program.find("docker-registry") { return path }
        let cache = environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
        let folder = cache + "/davit-lab"
        let path = folder + "/docker-registry/usr/bin/docker-registry"
        if access(path, X_OK) == 0 { return path }
        try unpack(into: folder)
        guard access(path, X_OK) == 0 else {
            throw LabError("Debian's docker-registry package has no program")
        }
        return path
    }

    /// Unpacks beside and renames, so that two that do it at once do no harm.
    private static func unpack(into folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let beside = "\(folder)/\(getpid())"
        try FileManager.default.createDirectory(atPath: beside, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: beside) }
        let script = "apt-get download docker-registry && dpkg-deb -x docker-registry_*.deb tree"
        try Program("sh", ["-c", script], folder: beside).succeed(timeout: 300)
        rename(beside + "/tree", folder + "/docker-registry")
    }
}

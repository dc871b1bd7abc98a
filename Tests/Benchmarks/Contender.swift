import Lab

/// A tool that is measured.
enum Contender: Sendable {
    case davit(path: String)
    case skopeo
    case pipe

    var name: String {
        switch self {
        case .davit: "davit"
        case .skopeo: "skopeo"
        case .pipe: "pipe"
        }
    }

    /// The program that does a workload from one host to another, with its files laid into its fresh home.
    func program(_ shape: Shape, from source: String, to destination: String, home: TemporaryFolder) throws
        -> Program
    {
        let environment = Program.environment([
            "HOME": home.path, "DOCKER_CONFIG": home.path, "XDG_RUNTIME_DIR": home.path,
            "XDG_STATE_HOME": home.path,
            "REGISTRY_AUTH_FILE": nil,
        ])
        switch self {
        case .davit(let path):
            try home.write(Self.manifest(shape, source, destination), to: "rules/bench.yaml")
            let words = ["reconcile", home.file("rules"), "--quiet"]
            return Program(path, words, environment: environment)
        case .skopeo:
            let images = shape.repositoryNames.map { "    \($0): []\n" }.joined()
            let yaml = "\(source):\n  tls-verify: false\n  images:\n\(images)"
            let list = try home.write(yaml, to: "sync.yaml")
            let prefix = shape.prefix.prefix { $0 != "/" }
            let words = ["sync", "--all", "--src", "yaml", "--dest", "docker", "--dest-tls-verify=false"]
            return Program("skopeo", words + [list, "\(destination)/\(prefix)"], environment: environment)
        case .pipe: return try Self.pipe(shape, source, destination)
        }
    }

    /// Two bare programs that carry the first layer; its upload is opened here, before the clock runs.
    private static func pipe(_ shape: Shape, _ source: String, _ destination: String) throws -> Program {
        let image = try ImageMaker(shape).image(shape.repositoryNames[0], shape.tagNames[0])
        guard let endpoint = Endpoint(destination) else { throw LabError("'\(destination)' is no host:port") }
        let start = try RawClient(endpoint).send("POST", "/v2/\(image.repository)/blobs/uploads/")
        guard start.status == 202, let location = start.headers["Location"] else {
            throw LabError("no upload was opened: \(start.status)")
        }
        let (from, digest) = ("http://\(source)/v2/\(image.repository)/blobs/", image.blobs[0].digest)
        let put = "\(location)&digest=\(digest)"
        let line =
            "curl -sSf '\(from)\(digest)' | curl -sSf -H 'Content-Type: application/octet-stream' -T - '\(put)'"
        return Program("/bin/sh", ["-c", line])
    }

    private static func manifest(_ shape: Shape, _ source: String, _ destination: String) -> String {
        let images = shape.repositoryNames.map { "    - { repository: \($0), tags: { include: [\"*\"] } }\n" }
        let registries = [("source", source), ("destination", destination)].map { name, host in
            """
            apiVersion: davit/v1
            kind: Registry
            metadata: { name: \(name) }
            spec: { host: "\(host)" }
            ---

            """
        }
        return registries.joined() + """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: bench }
            spec:
              source: { registry: source }
              destination: { registry: destination }
              referrers: false
              images:

            """ + images.joined()
    }
}

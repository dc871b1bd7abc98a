import Foundation
import Lab
import Testing

/// What is shown to people does its job: every example is run, its hosts being registries of this machine.
@Suite("The examples", .serialized, .timeLimit(.minutes(2))) struct ExampleTests {
    /// An example, what its sources hold, and what the first pass copies.
    struct Row: Sendable, CustomTestStringConvertible {
        var file: String
        /// `host/repository:tag`, with the example's own host.
        var held: [String]
        var copied: [String]
        /// Hosts that want the captain's password.
        var locked: Set<String> = []
        /// Words that must be others on this machine, before the hosts are put in.
        var words: [String: String] = [:]
        /// The platforms of the images that are held; none: each is an image alone.
        var platforms: [String] = []
        /// Files beside the manifest, which it names.
        var files: [String] = []
        var testDescription: String { file }
    }

    private static let hosts = [
        "docker.io", "ghcr.io", "registry.example.com", "localhost:5000", "registry.fra.example.com",
        "registry.sin.example.com", "registry.internal.example:8443", "lab.internal.example:5000",
    ]

    static let table = [
        Row(
            file: "anchors.yaml",
            held: [
                "docker.io/python:3.12.1-slim", "docker.io/python:3.12", "docker.io/ruby:3.3.0-slim",
                "docker.io/golang:1.22.0-slim", "docker.io/golang:1.23.0-slim",
            ],
            copied: [
                "localhost:5000/runtimes/golang:1.23.0-slim", "localhost:5000/runtimes/python:3.12.1-slim",
                "localhost:5000/runtimes/ruby:3.3.0-slim",
            ]),
        Row(
            file: "catalog.yaml",
            held: ["app:v1", "app:v1-debug", "app:release-2", "app:x", "tmp-x:v1", "a/b/cache:v1"].map {
                "registry.example.com/team/\($0)"
            } + ["registry.example.com/other:v1"],
            copied: ["localhost:5000/team/app:release-2", "localhost:5000/team/app:v1"]),
        Row(
            file: "credentials-by-path.yaml",
            held: [
                "registry.example.com/web/shop:2.0", "registry.example.com/web/shop:1.0",
                "registry.example.com/public/tools:latest",
            ],
            copied: ["localhost:5000/public/tools:latest", "localhost:5000/web/shop:2.0"],
            words: ["*.example.com": "registry.example.com"]),
        // A port can't stand in an object's name, as it must in that of a registry of this machine.
        Row(
            file: "docker-config.yaml", held: ["docker.io/busybox:1.37", "docker.io/busybox:1.36"],
            copied: ["localhost:5000/busybox:1.37"], locked: ["docker.io"],
            words: [
                "name: docker.io": "name: hub", "source: { registry: docker.io": "source: { registry: hub",
            ]),
        // The tag that is acknowledged is another at the destination: it stays, and is no failure.
        Row(
            file: "guarded.yaml",
            held: [
                "registry.example.com/team/shop:1.4.0", "registry.example.com/team/shop:1.5.0",
                "registry.example.com/team/docs:latest", "registry.example.com/team/old-shop:1",
                "localhost:5000/releases/shop:1.4.0", "localhost:5000/releases/docs:latest",
            ],
            copied: ["localhost:5000/releases/docs:latest", "localhost:5000/releases/shop:1.5.0"]),
        Row(
            file: "hub-to-private.yaml",
            held: [
                "docker.io/alpine:3.20", "docker.io/alpine:3.21", "docker.io/alpine:3.19",
                "docker.io/library/postgres:16.4-alpine", "docker.io/library/postgres:16.beta1-alpine",
            ],
            copied: ["alpine:3.20", "alpine:3.21", "library/postgres:16.4-alpine"].map {
                "registry.example.com/hub/\($0)"
            }, locked: ["registry.example.com"]),
        Row(
            file: "image-list.yaml",
            held: [
                "app:latest", "app:v1", "shop:1.4.0", "shop:1.5.0", "docs:a", "docs:b", "extra:v1", "extra:x",
            ].map { "registry.example.com/team/\($0)" },
            copied: ["app:latest", "docs:a", "docs:b", "extra:v1", "shop:1.4.0"].map {
                "localhost:5000/team/\($0)"
            }, files: ["images.txt"]),
        Row(
            file: "large-blobs.yaml", held: ["localhost:5000/models/large:7b"],
            copied: ["registry.example.com/models/large:7b"]),
        Row(
            file: "layout-folder.yaml",
            held: ["1.3.0", "1.4.0", "1.5.0", "1.6.0"].map { "registry.example.com/team/shop:\($0)" },
            copied: ["layout:MANIFESTS/stick/team/shop:1.5.0", "layout:MANIFESTS/stick/team/shop:1.6.0"]),
        Row(
            file: "newest-versions.yaml",
            held: [
                "nginx:1.26.3", "nginx:1.27.0", "nginx:1.28.0", "nginx:stable", "node:22.1.0-alpine",
                "node:20.0.0-alpine", "node:22.2.0", "grafana/promtail:k98", "grafana/promtail:k99",
                "grafana/promtail:k100",
            ].map { "docker.io/\($0)" },
            copied: [
                "grafana/promtail:k100", "grafana/promtail:k99", "nginx:1.27.0", "nginx:1.28.0",
                "node:22.1.0-alpine",
            ].map { "localhost:5000/\($0)" }),
        Row(
            file: "one-image.yaml", held: ["docker.io/alpine:3.20", "docker.io/alpine:3.19"],
            copied: ["localhost:5000/alpine:3.20"]),
        // Certificates are for TLSTests: their keys stand in the example as comments.
        Row(
            file: "own-certificates.yaml", held: ["lab.internal.example:5000/lab/experiment:x"],
            copied: ["registry.internal.example:8443/lab/experiment:x"]),
        Row(
            file: "pins.yaml",
            held: ["v1.3.0", "v1.2.7", "v1.4.0"].map { "registry.example.com/team/app:\($0)" },
            copied: ["localhost:5000/approved/app:v1.2.7", "localhost:5000/approved/app:v1.3.0"]),
        Row(
            file: "platforms.yaml",
            held: ["alpine:3.18.0", "alpine:3.17.0", "busybox:1.37", "hello-world:latest"].map {
                "docker.io/\($0)"
            },
            copied: ["alpine:3.18.0", "busybox:1.37", "hello-world:latest"].map {
                "registry.example.com/mirror/\($0)"
            }, platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"]),
        Row(
            file: "renaming.yaml",
            held: ["ghcr.io/org/tools/cli:v1.2", "ghcr.io/org/tools/cli:v2.0", "ghcr.io/org/agent:2.0"],
            copied: [
                "localhost:5000/mirror/ghcr.io/org/tools/cli:v1.2",
                "localhost:5000/vendor/agent:upstream-2.0",
            ]),
        Row(
            file: "signatures.yaml",
            held: ["sigstore/cosign/cosign:2.4.1", "sigstore/cosign/cosign:2.3.0", "team/scratch:x"].map {
                "ghcr.io/\($0)"
            },
            copied: [
                "localhost:5000/mirror/sigstore/cosign/cosign:2.4.1", "localhost:5000/mirror/team/scratch:x",
            ]),
        Row(
            file: "two-destinations.yaml", held: ["docker.io/redis:7.4.1", "docker.io/redis:6.0.0"],
            copied: ["registry.fra.example.com/hub/redis:7.4.1", "registry.sin.example.com/hub/redis:7.4.1"]),
        Row(
            file: "variables.yaml", held: ["docker.io/bitnami/kubectl:1.31"],
            copied: ["registry.fra.example.com/test/bitnami/kubectl:1.31"]),
    ]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "manifests/examples").path

    @Test("none is left out")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        // What stands at Amazon's services is not run here.
        let run = files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("ecr-") }
        #expect(run.sorted() == Self.table.map(\.file))
    }

    @Test("each copies what it says, and is in sync then", arguments: table)
    func runs(row: Row) async throws {
        var text = try String(contentsOfFile: "\(Self.folder)/\(row.file)", encoding: .utf8)
        for (word, other) in row.words { text = text.replacing(word, with: other) }
        var places: [String: ScriptedRegistry] = [:]
        for host in Self.hosts {
            let login = row.locked.contains(host) ? Login.captain : nil
            places[host] = try ScriptedRegistry(RegistryKnobs { $0.login = login })
        }
        for name in row.held {
            let image = try Self.image(name, row.platforms)
            try places[Self.parts(name).host]?.hold(image)
            let pin = try Regex("\(image.tag): sha256:[0-9a-f]{64}")
            text = text.replacing(pin, with: "\(image.tag): \(image.digest)")
        }
        for (host, place) in places { text = text.replacing(host, with: place.host) }
        let davit = try Davit([
            "DAVIT_VAR_MIRROR": places["registry.fra.example.com"]?.host ?? "", "DAVIT_VAR_STAGE": "test",
            "DAVIT_MIRROR_USER": "captain", "DAVIT_MIRROR_PASSWORD": Login.captain.password,
            "DAVIT_WEB_TOKEN": "web-word",
        ])
        try davit.write(text)
        for file in row.files {
            try FileManager.default.copyItem(
                atPath: "\(Self.folder)/\(file)", toPath: "\(davit.manifests)/\(file)")
        }
        try davit.writeDockerConfig(Login.captain.dockerConfig(for: places["docker.io"]?.host ?? ""))

        let before = try await davit("diff")
        #expect(before.status == 2, "\(before.output)\(before.errors)")
        let pass = try await davit("reconcile", "--output", "json")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        let images = try ReportJSON(pass).pass.images.filter { ["copied", "updated"].contains($0.result) }
        let told = images.map {
            Self.told($0.destination, places).replacing(
                (davit.manifests as NSString).standardizingPath, with: "MANIFESTS")
        }
        #expect(told.sorted() == row.copied)
        let after = try await davit("diff")
        #expect(after.status == 0, "\(after.output)\(after.errors)")
    }

    /// The image that stands under a name; no two names have the same one.
    private static func image(_ name: String, _ platforms: [String]) throws -> MadeImage {
        let (host, repository, tag) = parts(name)
        var image = try ImageMaker(
            Shape {
                $0.seed = host.utf8.count
                $0.platforms = platforms
            }
        ).image(repository, tag)
        image.repository = repository
        return image
    }

    private static func parts(_ name: String) -> (host: String, repository: String, tag: String) {
        let (slash, colon) = (name.firstIndex(of: "/"), name.lastIndex(of: ":"))
        guard let slash, let colon, slash < colon else { return (name, "", "") }
        return (
            String(name[..<slash]), String(name[name.index(after: slash)..<colon]),
            String(name[name.index(after: colon)...])
        )
    }

    /// A name with the example's own hosts.
    private static func told(_ name: String, _ places: [String: ScriptedRegistry]) -> String {
        places.reduce(name) { name, place in
            let local = place.value.host
            return name.replacing(local, with: place.key)
                .replacing(local.replacing(":", with: "-"), with: place.key)
        }
    }
}

import Foundation
import Lab
import Testing

/// Folders of image layouts through the program, with skopeo as the witness.
@Suite("Image layouts", .serialized, .timeLimit(.minutes(2))) struct LayoutTests {
    private static let shape = Shape {
        $0.repositories = 2
        $0.tags = 3
        $0.media = .mix
        $0.platforms = ["linux/amd64", "linux/arm64"]
        $0.shareAcross = 0.4
        $0.shareInRepository = 0.3
    }

    /// A Registry that is a folder beside the manifests' own.
    private static func folder(_ name: String, _ path: String) -> String {
        "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: \(name) }\nspec: { layout: \"\(path)\" }\n"
    }

    private static func all(_ name: String, from source: String, to target: String, _ folders: String)
        -> String
    {
        Rule {
            $0.name = name
            $0.images = [#"{ repositories: { include: ["lab/**"] }, tags: { include: ["*"] } }"#]
        }.yaml(from: source, to: target) + folders
    }

    /// A path without doubled slashes, as plans show it.
    private static func plain(_ path: String) -> String { (path as NSString).standardizingPath }

    /// Every file below a folder, but for what davit keeps for itself.
    private static func files(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: folder).filter { !$0.contains(".davit") })
    }

    @Test("across an air gap every digest is the one it was", .enabled(if: Skopeo.isInstalled))
    func airGap() async throws {
        let (shape, skopeo) = (Self.shape, Skopeo())
        let crossing = try Crossing(shape)
        let davit = crossing.davit
        let (near, far) = (Self.plain(davit.file("near")), Self.plain(davit.file("far")))
        try FileManager.default.createDirectory(atPath: far, withIntermediateDirectories: true)
        try davit.write(
            Self.all("out", from: crossing.from.host, to: "stick", Self.folder("stick", near)),
            to: "out/out.yaml")
        let out = davit.manifests + "/out"
        let refused = try await davit.run(["validate", out])
        #expect(refused.status == 65)
        #expect(refused.errors.contains("--layouts-dir"))

        // Registry to folder.
        let diff = try await davit.run(["diff", out, "--layouts-dir", near])
        #expect(diff.status == 2, "\(diff.errors)")
        #expect(diff.output.contains("layout:\(near)/lab/r001  from \(crossing.from.host)/lab/r001"))
        #expect(!FileManager.default.fileExists(atPath: near), "a diff writes nothing")
        let first = try await davit.run(["reconcile", out, "--layouts-dir", near])
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        #expect(first.output.hasPrefix("converged: 6 copied\n"))
        #expect(crossing.from.counts["GET blob"] == Self.distinctBlobs, "each blob is read once")
        let again = try await davit.run(["reconcile", out, "--layouts-dir", near])
        #expect(again.output.hasPrefix("converged: 6 in sync\n"))
        let links =
            try FileManager.default.attributesOfItem(
                atPath: Self.sharedBlob(in: near))[.referenceCount] as? Int
        #expect(links == 2, "what two repositories share is one file")

        // Carried by any tool that copies files.
        let carried = try await Program("cp", ["-r", near, far + "/stick"]).run()
        #expect(carried.status == 0)

        // Folder to folder, and folder to registry.
        try davit.write(
            Self.all(
                "in", from: "stick", to: "depot",
                Self.folder("stick", far + "/stick") + Self.folder("depot", far + "/depot")
            ) + "---\n" + Self.all("up", from: "stick", to: crossing.to.host, ""), to: "in/in.yaml")
        let arguments = [davit.manifests + "/in", "--layouts-dir", far]
        let second = try await davit.run(["reconcile"] + arguments)
        #expect(second.status == 0, "\(second.output)\(second.errors)")
        #expect(second.output.hasPrefix("converged: 12 copied\n"))
        #expect(try await davit.run(["diff"] + arguments).status == 0)
        #expect(try await crossing.differences(shape) == [])
        #expect(crossing.to.counts["GET blob"] == 0)
        var seen = 0
        for repository in shape.repositoryNames {
            for tag in shape.tagNames {
                let wanted = try await skopeo.raw("\(crossing.source.endpoint)/\(repository):\(tag)")
                #expect(
                    try await skopeo.raw("\(crossing.destination.endpoint)/\(repository):\(tag)") == wanted)
                // It finds images of the OCI alone in a layout; Docker's are there for those who look for them.
                guard wanted.contains("vnd.oci.image.index") else { continue }
                seen += 1
                // Every byte of it, read by a program that is not ours.
                try await skopeo.copy(
                    "oci:\(far)/depot/\(repository):\(tag)", to: "dir:\(davit.file("whole-\(seen)"))")
                for place in [near, far + "/stick", far + "/depot"] {
                    #expect(try await skopeo.raw("oci:\(place)/\(repository):\(tag)") == wanted)
                }
            }
        }
        #expect(seen == 3)
    }

    /// How many blobs of the shape there are: layers and configs.
    private static var distinctBlobs: Int {
        let images = (try? ImageMaker(shape).images()) ?? []
        return Set(images.flatMap(\.blobs).map(\.digest)).count
    }

    /// A blob that both repositories have.
    private static func sharedBlob(in folder: String) throws -> String {
        let images = ImageMaker(shape)
        let first = Set(try images.image("lab/r001", "v001").blobs.map(\.digest))
        let digest =
            try images.image("lab/r002", "v001").blobs.map(\.digest).first { first.contains($0) } ?? ""
        return "\(folder)/lab/r001/blobs/\(digest.replacing(":", with: "/"))"
    }

    @Test(
        "what skopeo writes is read, and what davit writes beside it stays", .enabled(if: Skopeo.isInstalled))
    func skopeo() async throws {
        let crossing = try Crossing(Shape { $0.tags = 3 })
        let (davit, skopeo) = (crossing.davit, Skopeo())
        let folder = davit.manifests + "/depot"
        try FileManager.default.createDirectory(atPath: folder + "/lab", withIntermediateDirectories: true)
        func bySkopeo(_ tag: String) async throws {
            try await skopeo.copy(
                "docker://\(crossing.source.endpoint)/lab/r001:\(tag)", to: "oci:\(folder)/lab/r001:\(tag)")
        }
        try await bySkopeo("v001")
        try davit.write(
            Self.all("in", from: crossing.from.host, to: "depot", Self.folder("depot", "depot"))
                + "---\n" + Self.all("up", from: "depot", to: crossing.to.host, ""))
        let pass = try await davit("reconcile", "--rule", "in", "--output", "json")
        #expect(pass.status == 0, "\(pass.errors)")
        let report = try ReportJSON(pass)
        #expect(report.counts["in-sync"] == 1)
        #expect(report.counts["copied"] == 2)
        // A tool that takes no lock puts back an index that it read before davit wrote.
        let index = folder + "/lab/r001/index.json"
        let newer = try String(contentsOfFile: index, encoding: .utf8)
        try await bySkopeo("v002")
        let dropped = newer.replacing(try Regex(#",?\{[^{}]*\{[^{}]*"v003"\}\}"#), with: "")
        #expect(dropped != newer)
        try dropped.write(toFile: index, atomically: false, encoding: .utf8)
        crossing.reset()
        let repaired = try ReportJSON(try await davit("reconcile", "--rule", "in", "--output", "json"))
        #expect(repaired.counts["copied"] == 1)
        #expect(repaired.pass.images.reduce(0) { $0 + $1.uploads } == 0)
        #expect(crossing.from.counts["GET blob"] == 0, "what was dropped is put back without moving a blob")
        #expect(try await davit("reconcile", "--rule", "up").status == 0)
        #expect(try await crossing.differences(Shape { $0.tags = 3 }) == [])
    }

    @Test("two programs at once lose nothing of each other's")
    func twoPrograms() async throws {
        let shape = Shape { $0.tags = 30 }
        let crossing = try Crossing(shape)
        let davit = crossing.davit
        for (name, digits) in [("odd", [1, 3, 5, 7, 9]), ("even", [0, 2, 4, 6, 8])] {
            let tags = digits.map { "\"v??\($0)\"" }
            try davit.write(
                Rule {
                    $0.name = name
                    $0.images = [
                        Rule.entry("lab/r001", "tags: { include: [\(tags.joined(separator: ", "))] }")
                    ]
                }.yaml(from: crossing.from.host, to: "depot") + Self.folder("depot", "../../depot"),
                to: "\(name)/\(name).yaml")
        }
        let children = try ["odd", "even"].map { name in
            try davit.program([
                "reconcile", "\(davit.manifests)/\(name)", "--layouts-dir", davit.file("depot"),
            ]).start()
        }
        for child in children {
            let outcome = try await child.end(timeout: 60)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let index = try String(contentsOfFile: davit.file("depot/lab/r001/index.json"), encoding: .utf8)
        for tag in shape.tagNames { #expect(index.contains("\"\(tag)\"")) }
    }

    @Test("kill -9 at any time leaves what the next pass can end")
    func killed() async throws {
        let shape = Shape {
            $0.tags = 12
            $0.layerSizes = [40_000, 200_000]
        }
        let crossing = try Crossing(shape)
        let davit = crossing.davit
        try davit.write(Self.all("in", from: crossing.from.host, to: "depot", Self.folder("depot", "depot")))
        let folder = davit.manifests + "/depot"
        var random = Random(seed: 7)
        for _ in 0..<12 {
            let child = try davit.start("reconcile")
            // Long enough to be anywhere between the first request and the end.
            usleep(UInt32.random(in: 20_000...400_000, using: &random))
            child.signal(SIGKILL)
            _ = try await child.end(timeout: 20)
            let index = FileManager.default.contents(atPath: folder + "/lab/r001/index.json")
            if let index { #expect((try? JSONSerialization.jsonObject(with: index)) != nil) }
            if random.next() % 3 == 0 { try? FileManager.default.removeItem(atPath: folder) }
        }
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let names = try Self.files(folder)
        for name in names where name.contains("blobs/sha256/") {
            let bytes = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            #expect(Lab.digest(of: Array(bytes)) == "sha256:" + (name as NSString).lastPathComponent)
        }
        let drafts = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".part")
        }
        #expect(drafts == [])
        #expect(try await davit("diff").status == 0)
    }

    @Test("a full disk is told clearly, and nothing half done stays", .enabled(if: LayoutTests.mayMount))
    func fullDisk() async throws {
        let crossing = try Crossing(Shape { $0.layerSizes = [900_000, 900_000] })
        let davit = crossing.davit
        try davit.write(
            Self.all("in", from: crossing.from.host, to: "depot", Self.folder("depot", "disk/depot")))
        let disk = davit.manifests + "/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o size=1m none \(disk) && \(Davit.path) reconcile \(davit.manifests); code=$?
            find \(disk) -name '*.part'; exit $code
            """
        var program = davit.program([])
        program.path = "unshare"
        program.arguments = ["-m", "sh", "-c", script]
        let outcome = try await program.run(timeout: 60)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
        #expect(outcome.errors.contains("make room"))
        #expect(!outcome.output.contains(".part"))
    }

    /// Whether this user may make a small disk of his own.
    static let mayMount: Bool = {
        let tried = try? Program("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).runHere(
            timeout: 10)
        return tried?.status == 0
    }()
}

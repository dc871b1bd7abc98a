import Foundation
import Lab
import Testing

@Suite("Kinds of images", .serialized, .timeLimit(.minutes(2))) struct ImageKindTests {
    /// One image of each kind that the registries carry.
    private static func fleet() throws -> [MadeImage] {
        let platforms = ["linux/amd64", "linux/arm64/v8"]
        let oci = ImageMaker(Shape { $0.platforms = platforms })
        let docker = ImageMaker(
            Shape {
                $0.platforms = platforms
                $0.media = .docker
            })
        let plain = ImageMaker(Shape { $0.media = .docker })
        return try [
            oci.image("kinds/a", "oci-index"), docker.image("kinds/a", "docker-list"),
            plain.image("kinds/a", "docker"), ImageMaker().image("kinds/a", "oci"),
            oci.nestedIndex("kinds/a", "nested"), oci.artifact("kinds/a", "artifact"),
            oci.emptyBlob("kinds/a", "empty"), oci.foreignLayer("kinds/a", "foreign"),
        ]
    }

    private func crossed() async throws -> (Crossing, [MadeImage]) {
        let (crossing, images) = (try Crossing(nil), try Self.fleet())
        try crossing.seed(images)
        try crossing.write(Rule { $0.images = [Rule.all("kinds/a")] })
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        return (crossing, images)
    }

    @Test("every kind is copied byte for byte, and is in sync then")
    func copies() async throws {
        let (crossing, images) = try await crossed()
        #expect(try await crossing.differences(in: "kinds/a") == [])
        for image in images { #expect(try crossing.held(image.tag, in: "kinds/a") == image.digest) }
        let after = try await crossing.davit("diff")
        #expect(after.status == 0, "\(after.output)")
    }

    @Test("a foreign layer is neither read nor sent")
    func leavesForeignLayers() async throws {
        let crossing = try Crossing(nil)
        let image = try ImageMaker().foreignLayer()
        try crossing.seed([image])
        try crossing.write()
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0)
        #expect(crossing.from.counts["GET blob"] == image.blobs.count)
    }

    @Test("skopeo reads every kind that it knows", .enabled(if: Skopeo.isInstalled))
    func judged() async throws {
        let (crossing, images) = try await crossed()
        for image in images {
            let raw = try await Skopeo().raw("\(crossing.destination.host)/kinds/a:\(image.tag)")
            #expect(digest(of: Array(raw.utf8)) == image.digest, "\(image.tag)")
        }
        for tag in ["oci-index", "docker-list", "docker", "empty", "artifact"] {
            let names = [crossing.source, crossing.destination].map { "\($0.host)/kinds/a:\(tag)" }
            #expect(try await Skopeo().differences(names[0], names[1]) == [], "\(tag)")
        }
    }
}

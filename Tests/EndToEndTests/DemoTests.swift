import Foundation
import Lab
import Testing

/// The first command of the README, on what is shipped with the program.
@Suite("The demo", .timeLimit(.minutes(3))) struct DemoTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "manifests/demo").path

    private func files(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            files[name] = bytes
        }
        return files
    }

    @Test("the shipped layout is what the lab makes, to the byte, and is small")
    func shipped() throws {
        let made = try TemporaryFolder("demo")
        let isRecording = ProcessInfo.processInfo.environment["DAVIT_RECORD"] != nil
        let images = Self.folder + "/images"
        if isRecording { try? FileManager.default.removeItem(atPath: images) }
        try LayoutWriter(isRecording ? images : made.path).write(Shape.demoImages())
        guard !isRecording else { return }
        let shipped = try files(images)
        #expect(try files(made.path) == shipped)
        #expect(shipped.values.reduce(0) { $0 + $1.count } < 100_000)
    }

    @Test("without any registry: valid, different, converged, in sync", .enabled(if: Skopeo.isInstalled))
    func runs() async throws {
        let davit = try Davit()
        for name in ["images", "mirror.yaml"] {
            try FileManager.default.copyItem(
                atPath: Self.folder + "/" + name, toPath: davit.manifests + "/" + name)
        }
        let valid = try await davit("validate")
        #expect(valid.output == "valid: 1 rule, 2 registries, 0 credentials\n", "\(valid.errors)")
        let diff = try await davit("diff")
        #expect(diff.status == 2)
        #expect(diff.output.contains("differences: 4 to copy"), "\(diff.output)")
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try await davit("diff").status == 0)
        let skopeo = Skopeo()
        for image in try ImageMaker(.demo).images() where image.tag != "v001" {
            let copy = image.repository.replacing("harbour/", with: "mirror/")
            let raw = try await skopeo.raw("oci:\(davit.manifests)/out/\(copy):\(image.tag)")
            #expect(Lab.digest(of: Array(raw.utf8)) == image.digest)
        }
    }
}

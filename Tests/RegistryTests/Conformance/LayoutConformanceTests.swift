import Registry
import Testing

@Suite("LayoutFolder as a backend") struct LayoutConformanceTests {
    @Test("does what every backend must")
    func conforms() async throws {
        let folder = try TemporaryFolder()
        try await BackendConformance(LayoutFolder(root: folder.path)).run()
    }
}

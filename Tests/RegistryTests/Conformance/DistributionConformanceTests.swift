import Lab
import Registry
import Testing

@Suite("DistributionClient as a backend") struct DistributionConformanceTests {
    @Test("does on a real registry what every backend must", .timeLimit(.minutes(3)))
    func real() async throws {
        let registry = try DockerRegistry()
        defer { registry.stop() }
        try await BackendConformance(ClientLab(registry.url).client).run()
    }

    @Test("does it on a registry without a catalog", .timeLimit(.minutes(3)))
    func scripted() async throws {
        let registry = try ScriptedRegistry(.init { $0.hasCatalog = false })
        let abilities = BackendConformance.Abilities(listsRepositories: false)
        try await BackendConformance(ClientLab(registry.url).client, abilities: abilities).run()
    }
}

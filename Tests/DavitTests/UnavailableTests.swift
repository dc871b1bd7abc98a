import Desired
import Testing

@testable import davit

@Suite("What is not done yet") struct UnavailableTests {
    /// One rule with settings of its own, to a registry.
    private func uses(_ registry: RegistryDeclaration, suspended: Bool = false) -> [String] {
        let settings = RepositorySettings(tags: ["team": "web"])
        let rule = Replication(
            name: "rule", source: "docker.io",
            destination: Destination(registry: "to", createRepositories: settings), images: [],
            suspend: suspended)
        return Unavailable.uses(in: DesiredState(registries: ["to": registry], rules: [rule]))
    }

    @Test("a rule's 'createRepositories' is refused where nothing would come of it")
    func rules() {
        var open = RegistryDeclaration(name: "to", host: "public.ecr.aws")
        open.isECRPublic = true
        #expect(
            uses(open) == [
                "'createRepositories' of the Replication rule, whose destination is Amazon's public registry,"
            ])
        let docker = RegistryDeclaration(
            name: "to", host: "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            credentials: [CredentialUse(credential: "docker")])
        #expect(
            uses(docker) == [
                "'createRepositories' of the Replication rule, whose destination is not opened by keys of AWS,"
            ])
        #expect(uses(open, suspended: true).isEmpty)
        let own = RegistryDeclaration(
            name: "to", ecr: ECRDeclaration(account: "123456789012", region: "eu-west-1"))
        #expect(uses(own).isEmpty)
    }
}

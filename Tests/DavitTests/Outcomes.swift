import Desired
import FoundationEssentials
import Lab
import OCI
import Reconcile

/// An image of a made pass.
func outcome(
    _ result: ImageOutcome.Result, _ name: String = "a/b:1", rule: String = "harbour",
    acknowledged: Bool = false
)
    throws -> ImageOutcome
{
    let digest = Lab.digest(of: Array(name.utf8))
    let text = """
        {"rule":"\(rule)","source":"from.test/\(name)","destination":"to.test/\(name)","result":"\(result.rawValue)",
        "reason":"because","acknowledged":\(acknowledged),"bytes":7,"uploads":1,"mounts":0,"seconds":1,"tries":1,
        "wanted":"\(digest)"}
        """
    return try JSONDecoder().decode(ImageOutcome.self, from: Data(text.utf8))
}

/// A rule by its name alone.
func rule(_ name: String = "harbour") throws -> Replication {
    let entry = ImageEntry(repositories: .named(try RepositoryName("a/b")))
    return Replication(name: name, source: "from", destination: Destination(registry: "to"), images: [entry])
}

/// Some rules between two hosts.
func state(_ names: String...) throws -> DesiredState {
    DesiredState(
        registries: [
            "from": RegistryDeclaration(name: "from", host: "from.test"),
            "to": RegistryDeclaration(name: "to", host: "to.test"),
        ], rules: try names.map(rule))
}

import Desired
import HTTP
import Lab
import Logging
import OCI
import Plan
import Registry
import State

@testable import Reconcile

/// Two registries on loopback that can be made to differ from others, and a rule between them.
struct WireYard {
    private static let loop = Result { try CurlLoop() }

    let source: ScriptedRegistry
    let destination: ScriptedRegistry
    let store: Store?
    /// Images copied at once.
    var concurrency = 10

    init(
        source: (inout RegistryKnobs) -> Void = { _ in },
        destination: (inout RegistryKnobs) -> Void = { _ in },
        store: Store? = nil
    ) throws {
        self.source = try ScriptedRegistry(RegistryKnobs(source))
        self.destination = try ScriptedRegistry(RegistryKnobs(destination))
        self.store = store
    }

    /// A rule for all tags of repositories.
    static func rule(_ repositories: [String], _ referrers: ReferrerPolicy? = ReferrerPolicy()) throws
        -> Replication
    {
        let entries = try repositories.map { repository in
            ImageEntry(
                repositories: .named(try RepositoryName(repository)), tags: TagSelector(include: [Glob("*")]))
        }
        return Replication(
            name: "rule", source: "from", destination: Destination(registry: "to"), images: entries,
            retries: 0,
            referrers: referrers)
    }

    /// A pass with clients of its own, as a run of the program has them.
    func pass(
        _ repositories: [String] = ["lab/r001"], _ referrers: ReferrerPolicy? = ReferrerPolicy(),
        _ change: (inout Pass.Options) -> Void = { _ in }
    ) throws -> Pass {
        var options = Pass.Options()
        options.patience = .seconds(3600)
        options.cost = .exact
        options.store = store
        change(&options)
        var rule = try Self.rule(repositories, referrers)
        rule.concurrency = concurrency
        let state = DesiredState(
            registries: [
                "from": RegistryDeclaration(name: "from", host: source.host),
                "to": RegistryDeclaration(name: "to", host: destination.host),
            ], rules: [rule])
        let backends = [
            "from": try Self.client(source.url),
            "to": try Self.client(destination.url, journal: store.map { StoredUploads($0) }),
        ]
        return Pass(state, places: Places(backends), options: options)
    }

    static func client(_ url: String, journal: (any UploadJournal)? = nil) throws -> DistributionClient {
        let origin = try Address(url).origin
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let authorizer = Authorizer(
            registry: origin, host: origin.authority, login: AnonymousLogin(), transport: try loop.get(),
            security: Security(), logger: logger)
        var settings = DistributionClient.Settings()
        settings.journal = journal
        return DistributionClient(
            place: origin.authority, origin: origin, transport: try loop.get(), authorizer: authorizer,
            settings: settings, logger: logger)
    }

    /// Requests to both sides while something is done.
    func requests(_ body: () async throws -> Void) async throws -> (all: Int, seen: [ScriptedRequest]) {
        let (from, to) = (source.requests.count, destination.requests.count)
        try await body()
        let seen = source.requests.dropFirst(from) + destination.requests.dropFirst(to)
        return (seen.count, Array(seen))
    }

    /// The puts of manifests at the destination, in order: tags as they are, digests by their first letters.
    var puts: [String] {
        destination.requests.filter { $0.method == "PUT" && $0.target.contains("/manifests/") }
            .map { $0.route.reference ?? "" }
    }
}

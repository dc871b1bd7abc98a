import Desired
import OCI
import Plan
import Registry
import Synchronization

@testable import Reconcile

/// Two registries in memory and a rule between them.
final class Yard: Sendable {
    let source = MemoryRegistry(place: "source.test")
    let destination: MemoryRegistry
    let pauses = Mutex<[Duration]>([])
    let events = Mutex<[PassEvent]>([])

    init(_ options: MemoryRegistry.Options = .init()) {
        destination = MemoryRegistry(place: "destination.test", options: options)
    }

    var places: Places { Places(["from": source, "to": destination]) }

    /// A rule that wants tags, named in full or by patterns, of one repository or of several.
    static func rule(
        _ images: [String: [String]], name: String = "rule", overwrite: Overwrite = .always,
        change: (inout Replication) throws -> Void = { _ in }
    ) throws -> Replication {
        let entries = try images.sorted { $0.key < $1.key }.map { repository, tags in
            ImageEntry(
                repositories: .named(try RepositoryName(repository)),
                tags: TagSelector(include: tags.map(Glob.init)))
        }
        var rule = Replication(
            name: name, source: "from", destination: Destination(registry: "to"), images: entries,
            overwrite: overwrite, referrers: nil)
        try change(&rule)
        return rule
    }

    func pass(_ rules: [Replication], _ change: (inout Pass.Options) -> Void = { _ in }) -> Pass {
        var options = Pass.Options()
        // However busy the machine is: what is late is tested where the time is made.
        options.patience = .seconds(3600)
        options.pause = { duration in self.pauses.withLock { $0.append(duration) } }
        change(&options)
        return Pass(Self.state(rules), places: places, options: options) { event in
            self.events.withLock { $0.append(event) }
        }
    }

    static func state(_ rules: [Replication]) -> DesiredState {
        DesiredState(
            registries: [
                "from": RegistryDeclaration(name: "from", host: "source.test"),
                "to": RegistryDeclaration(name: "to", host: "destination.test"),
            ], rules: rules)
    }

    func diff(_ rules: [Replication], cost: CostDepth = .exact) async -> PassPlan {
        await pass(rules) { $0.cost = cost }.diff().plan
    }

    func forgetCalls() async {
        await source.forgetCalls()
        await destination.forgetCalls()
    }

    /// Requests that the calls so far stand for: a blob that is sent takes a POST, a PUT and a GET.
    var requests: Int {
        get async {
            let (source, destination) = (await source.calls, await destination.calls)
            let sent = (source + destination).count { if case .readBlob = $0 { true } else { false } }
            return source.count + destination.count + sent
        }
    }

    /// The destination's writes so far.
    var writes: [MemoryRegistry.Call] { get async { await destination.calls.filter(\.isWrite) } }
}

extension RegistryError {
    /// A failure as a registry's twin would tell it.
    static func made(_ kind: Kind, retryAfter: Duration? = nil) -> RegistryError {
        var error = RegistryError(kind, at: "destination.test", while: "fail", "it")
        error.retryAfter = retryAfter
        return error
    }
}

/// Lets things that run side by side come to a point: gives others a turn until something is true.
func until(_ condition: () async -> Bool) async {
    while await !condition() { await Task.yield() }
}

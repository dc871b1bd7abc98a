import OCI

/// A registry that lives in memory: the twin of a real one, for tests and for trying things out.
///
/// It is as strict as registries are: a manifest is refused while something that it names is missing, and a blob
/// while its bytes are not those of its digest. It remembers every call, and can be interfered with.
public actor MemoryRegistry: BlobBatchBackend {
    /// What is done before or after a call: fail it, hold it up, change something meanwhile.
    public typealias Interference = @Sendable (Call) async throws(RegistryError) -> Void

    /// What this registry can do.
    public struct Options: Sendable {
        /// It takes blobs over from neighbouring repositories.
        public var mounts = true
        /// It tells the names of its repositories.
        public var listsRepositories = true
        /// A tag, once put, is refused for ever after, even with the same digest.
        public var immutableTags = false

        /// How many manifests may be read; `nil`: nobody counts.
        public var quota: PullQuota?
        /// What of the quota is left to others.
        public var reserve = PullReserve.percent(10)

        /// A registry that can do all and forbids nothing.
        public init() {}
    }

    /// Its name in plans and messages.
    public nonisolated let place: String
    /// What was asked of it so far, in order.
    public private(set) var calls: [Call] = []
    let options: Options
    var contents: [RepositoryName: Repository] = [:]
    var pulls: PullLedger
    private var before: Interference?
    private var after: Interference?

    /// What a repository holds.
    struct Repository {
        var tags: [Tag: Digest] = [:]
        var manifests: [Digest: ManifestDocument] = [:]
        var blobs: [Digest: [UInt8]] = [:]
        /// A repository begins with its first manifest; blobs alone don't make it known.
        var isKnown = false
    }

    /// - Parameter place: its name, as a host.
    public init(place: String = "memory.test", options: Options = Options()) {
        self.place = place
        self.options = options
        pulls = PullLedger(reserve: options.reserve)
        _ = pulls.saw(options.quota, isPull: true)
    }

    /// Does something before every call from now on: what it throws, the call throws, undone.
    public func before(_ interference: Interference?) { before = interference }

    /// Does something after every call from now on: what it throws, the call throws, although it was done.
    public func after(_ interference: Interference?) { after = interference }

    /// Forgets the calls so far.
    public func forgetCalls() { calls.removeAll() }

    /// Records a call and runs it between the two interferences.
    func answer<Value>(_ call: Call, _ body: () throws(RegistryError) -> Value) async throws(RegistryError)
        -> Value
    {
        try await begin(call)
        let value = try body()
        try await after?(call)
        return value
    }

    func begin(_ call: Call) async throws(RegistryError) {
        guard !Task.isCancelled else { throw error(.cancelled, call) }
        calls.append(call)
        try await before?(call)
        guard !Task.isCancelled else { throw error(.cancelled, call) }
    }

    func end(_ call: Call) async throws(RegistryError) { try await after?(call) }

    func error(_ kind: RegistryError.Kind, _ call: Call, _ detail: String = "") -> RegistryError {
        RegistryError(kind, at: place, while: call.action, call.subject, detail: detail)
    }
}

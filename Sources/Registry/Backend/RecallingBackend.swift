import OCI

/// A place whose lists tell what every tag stands for: one list answers what would take many heads.
public protocol ListedBackend: Backend {
    /// The same place for the time of one pass: what its lists tell is asked for once, and believed until the pass
    /// ends or says that it has reason to doubt.
    func recalling() -> any RecallingBackend
}

/// A place that remembers what its lists have told.
public protocol RecallingBackend: Backend {
    /// The place itself, which answers for this very moment.
    var direct: any Backend { get }

    /// How many requests were made to know what is remembered: who asks here does not know which question cost one.
    var requests: Int { get async }

    /// So many tags of a repository will be asked for: what its list may cost.
    func expect(_ tags: Int, in repository: RepositoryName) async

    /// Lets what is remembered be asked for again.
    func forget() async
}

extension Backend {
    /// The place as it is now, whatever is remembered of it.
    public var now: any Backend { asRecalling?.direct ?? self }
}

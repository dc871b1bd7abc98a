/// A place that tells by itself which blobs its repositories take over from each other.
public protocol MountingBackend: Backend {
    /// What may be mounted; where that can't be known, `nothing`.
    var mounting: Mounting { get async }
}

/// Which blobs the repositories of a place take over from each other.
public enum Mounting: Sendable, Hashable {
    /// Any that a repository holds. Of most places it is not known, and tried.
    case anything
    /// Those that a manifest in the other repository names already.
    case committed
    /// None: each repository needs its own.
    case nothing
}

extension Backend {
    /// What this place is known or hoped to mount.
    public var mounts: Mounting {
        get async { await asMounting?.mounting ?? .anything }
    }
}

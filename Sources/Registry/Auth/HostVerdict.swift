/// What the owner of a credential said of a host.
public enum HostVerdict: Sendable, Hashable {
    /// The credential is meant for it.
    case allowed
    /// The credential, of this name, is meant for others.
    case forbidden(credential: String)
    /// Nothing was said.
    case unsaid
}

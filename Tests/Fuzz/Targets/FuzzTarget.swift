/// What is fed with anything: one body each, run by a mutating test in CI and by libFuzzer at night.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Text to a tree.
    case yaml
    /// Manifests that people write, to rules.
    case rules
    /// Manifests that registries send.
    case manifest
    /// Names, digests, references and addresses.
    case references
    /// `WWW-Authenticate`.
    case challenge
    /// Plans that were saved.
    case plan
    /// The index.json of a layout folder.
    case layout
    /// Lists of images in the form of the Data Replication Hub.
    case list

    /// Reads some bytes. It comes back, whatever they are; what must hold of the result is trapped on.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .yaml: Self.yaml(bytes)
        case .rules: Self.rules(bytes)
        case .manifest: Self.manifest(bytes)
        case .references: Self.references(bytes)
        case .challenge: Self.challenge(bytes)
        case .plan: Self.plan(bytes)
        case .layout: Self.layout(bytes)
        case .list: Self.list(bytes)
        }
    }
}

/// Traps, in release builds too, where something does not hold.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) {
    precondition(condition, what())
}

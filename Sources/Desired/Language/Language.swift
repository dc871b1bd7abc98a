/// The language of the manifests: every key there is, what it takes, and which ones wait for their time.
enum Language {
    static let apiVersion = "davit/v1"

    /// The keys of every object; what stands under `spec` follows from its kind.
    static let object = Table(keys: [
        Key("apiVersion", .choice(Choice(words: [apiVersion])), "The version of the language.").required,
        Key(
            "kind", .choice(Choice(words: Kind.allCases.map(\.rawValue))), "What is described."
        ).required,
        Key("metadata", .table(metadata), "How the object is called.").required,
        Key("spec", .open, "What is asked for.").required,
    ])

    static let metadata = Table(keys: [
        Key("name", .text, "The name that other objects use; unique among the objects of its kind.").required
    ])

    static func spec(of kind: Kind) -> Table {
        switch kind {
        case .credential: credential
        case .registry: registry
        case .replication: replication
        case .notification: notification
        }
    }
}

/// The kinds of objects that work.
enum Kind: String, CaseIterable, Sendable {
    case credential = "Credential"
    case registry = "Registry"
    case replication = "Replication"
    case notification = "Notification"
}

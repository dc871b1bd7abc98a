import OCI

/// One object of the manifests, before the names in it are followed.
struct Declaration {
    var kind: Kind
    var name: String
    /// Where the name stands.
    var place: Place
    /// The object, as far as it could be read: one at fault is still there to be referred to, and to refer.
    var body: Body?
    /// Nothing in it is at fault.
    var isWhole: Bool

    enum Body {
        case credential(Credential, via: NamedPlace?)
        case registry(RegistryDeclaration, uses: [NamedPlace])
        case rule(Replication, RulePlaces)
        case notification(Notification, NotificationPlaces)
    }
}

/// A name with its place.
struct NamedPlace {
    var name: String
    var place: Place
}

/// Where the parts of a rule stand that are judged once all manifests are read.
struct RulePlaces {
    var source: Place
    var destination: Place
    var entries: [EntryPlaces]
    /// Where `createRepositories` stands.
    var settings: Place?
    /// The settings in it that only a private registry knows.
    var privateSettings: [NamedPlace] = []
    /// Where the name of the table stands.
    var table: Place?
    /// The credentials that open what stands at AWS.
    var via: [NamedPlace] = []
    /// The number of the file that the list was read from.
    var listFile: Int?
}

/// Where the names stand that a notice refers to.
struct NotificationPlaces {
    var rules: [NamedPlace]
    var via: NamedPlace?
}

/// Where the parts of one entry under `images` stand.
struct EntryPlaces {
    var entry: Place
    var repository: Place?
    var tags: [Tag: Place] = [:]
}

import OCI

extension DesiredState {
    /// A digest of all that decides which images go where, and how repositories are made for them: the rules in their
    /// order, and the registries that they use.
    ///
    /// How the manifests are laid out and commented does not change it. What opens a registry (credentials, the
    /// files of certificates and keys, which lie elsewhere on another machine), where it is reached and how fast it
    /// may be asked is no part of it; nor is what is told of a pass afterwards.
    public var fingerprint: Digest {
        let used = Set(rules.flatMap { [$0.source, $0.destination.registry] })
        let places = registries.filter { used.contains($0.key) }.mapValues { declaration in
            var place = declaration
            place.credentials = []
            place.tls.caFile = nil
            place.tls.clientCertificate = nil
            place.tls.clientKey = nil
            place.limits = RegistryLimits()
            place.chunkSize = nil
            place.endpoints = EndpointDeclaration()
            place.ecr?.isFIPS = false
            place.ecr?.isDualStack = false
            place.ecr?.isCrossAccount = false
            // Filled in later: account and region say it, or the places that a plan names.
            if place.ecr != nil { place.host = "" }
            return place
        }
        var text = CanonicalText()
        text.add(rules.map(Self.deciding))
        text.add(places)
        return Digest(hashing: Array(text.text.utf8))
    }

    /// A rule without what decides nothing; the entries of a list's file stand among its images.
    private static func deciding(_ rule: Replication) -> Replication {
        var rule = rule
        rule.statusTable = nil
        switch rule.imageList {
        case .parameter(let name, let region, _):
            rule.imageList = .parameter(name: name, region: region, via: nil)
        case .file, nil: rule.imageList = nil
        }
        return rule
    }
}

/// A value with everything in it as one text: equal for equal values, and no other.
///
/// It goes by what a value is made of, so that a key that is new in the language can't be forgotten here.
private struct CanonicalText {
    private(set) var text = ""

    mutating func add(_ value: Any) {
        if let name = value as? any CheckedText { return add(leaf: name.description) }
        if let glob = value as? Glob { return add(leaf: glob.description) }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .set, .dictionary:
            let parts = mirror.children.map { child in
                var part = CanonicalText()
                part.add(child.value)
                return part.text
            }
            text += "{" + parts.sorted().joined(separator: ",") + "}"
        case .enum where mirror.children.isEmpty: add(leaf: "\(value)")
        case .none: add(leaf: "\(value)")
        default:
            text += "("
            for child in mirror.children {
                text += (child.label ?? "") + "="
                add(child.value)
                text += ","
            }
            text += ")"
        }
    }

    private mutating func add(leaf: String) { text += "\(leaf.utf8.count):" + leaf }
}

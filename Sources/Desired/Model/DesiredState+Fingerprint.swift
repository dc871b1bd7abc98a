import OCI

extension DesiredState {
    /// A digest of all that decides which images go where: the rules in their order, and the registries that they
    /// use.
    ///
    /// How the manifests are laid out and commented does not change it. What opens a registry (credentials, the
    /// files of certificates and keys, which lie elsewhere on another machine) and how fast it may be asked is no
    /// part of it.
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
            return place
        }
        var text = CanonicalText()
        text.add(rules)
        text.add(places)
        return Digest(hashing: Array(text.text.utf8))
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

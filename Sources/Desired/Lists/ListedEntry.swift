import OCI

/// The items of a list for one repository.
struct ListedEntry {
    private let found: ListSource.Found
    private var tags: [Tag] = []
    private var pins: [Tag: Digest] = [:]
    private(set) var spots: Spots

    /// Where an entry begins, and where its tags stand.
    struct Spots: Sendable {
        var first: ListSpot
        var tags: [Tag: ListSpot] = [:]
    }

    /// An item that was there before.
    struct Earlier {
        var item: Int
        /// It wants the same.
        var isSame: Bool
    }

    init(found: ListSource.Found, spot: ListSpot) {
        self.found = found
        spots = Spots(first: spot)
    }

    /// Takes an item more; the earlier one that it says the same as, or that it contradicts.
    mutating func add(_ image: ListedImage, at spot: ListSpot) -> Earlier? {
        guard case .one(let tag) = image.tags else {
            return spots.first.item == spot.item ? nil : Earlier(item: spots.first.item, isSame: true)
        }
        guard let earlier = spots.tags[tag] else {
            spots.tags[tag] = spot
            tags.append(tag)
            pins[tag] = image.digest
            return nil
        }
        guard let digest = image.digest, let pin = pins[tag] else {
            // One of the two says which digest the tag must have.
            pins[tag] = pins[tag] ?? image.digest
            return Earlier(item: earlier.item, isSame: true)
        }
        return Earlier(item: earlier.item, isSame: digest == pin)
    }

    /// The entry, with a rule's own names and platforms.
    func entry(of rule: Replication) -> ImageEntry {
        let named = tags.filter { pins[$0] == nil }
        let selector = TagSelector(include: named.map { Glob($0.description) })
        return ImageEntry(
            repositories: .named(found.repository), tags: tags.isEmpty || !named.isEmpty ? selector : nil,
            pins: pins, platforms: rule.listPlatforms, destination: destination(of: rule))
    }

    /// Where names at the destination say `{repository}`, the item's own text is meant.
    private func destination(of rule: Replication) -> Destination? {
        let text = rule.destination.repository.text
        // A template that names the registry says itself where the host goes.
        let own = text.contains("{registry}") ? found.template.withoutHost : found.template
        let name = text.replacing("{repository}", with: own)
        guard name != text else { return nil }
        return Destination(
            registry: rule.destination.registry, repository: NameTemplate(text: name),
            tag: rule.destination.tag)
    }
}

extension String {
    /// A template without what stands before its placeholder.
    fileprivate var withoutHost: String { firstIndex(of: "{").map { String(self[$0...]) } ?? self }
}

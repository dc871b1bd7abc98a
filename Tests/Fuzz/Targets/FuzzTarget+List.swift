import Desired

extension FuzzTarget {
    /// The registries that lists are read for: what looks like a host means something else at each.
    private static let sources = [
        RegistryDeclaration(name: "hub", host: "docker.io"),
        RegistryDeclaration(name: "local", host: "localhost:5000"),
        RegistryDeclaration(name: "own", ecr: ECRDeclaration(account: "123456789012", region: "eu-west-1")),
        RegistryDeclaration(name: "folder", layout: "/images"),
    ]

    /// Whatever stands in a list, its entries name something, and what is told of it has its place.
    static func list(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let rule = Replication(
            name: "rule", source: "from", destination: Destination(registry: "to"), images: [])
        let items = text.unicodeScalars.count(where: { $0 == "," }) + 1
        for source in sources {
            let reading = ImageListText.read(text, for: rule, from: source)
            let tags = reading.entries.reduce(0) {
                $0 + max(1, $1.pins.count + ($1.tags?.include.count ?? 0))
            }
            hold(tags <= items, "\(tags) tags of \(items) items")
            for note in reading.notes {
                hold((1...items).contains(note.item), "item \(note.item) of \(items)")
                hold(
                    (1...text.unicodeScalars.count + 1).contains(note.character),
                    "character \(note.character)")
                hold(!note.message.isEmpty, "a note without words")
            }
            for entry in reading.entries {
                hold(entry.tags != nil || !entry.pins.isEmpty, "an entry that selects nothing")
            }
            // Names that grow too long at the destination are told, and left out.
            let claims = Selection.select(
                rule: rule.adding(list: text, from: source).rule, sourceHost: source.label
            ).claims
            hold(claims.count <= items, "\(claims.count) images of \(items) items")
        }
    }
}

/// The list of images that the Data Replication Hub takes: `repository`, `repository:tag` or `repository:ALL_TAGS`,
/// joined by commas.
///
/// What it understood is understood in the same way; what it misread (ports, digests, a comma at the end, the same
/// image twice) is read as it was meant, and told.
public enum ImageListText {
    /// A list of more bytes is not read.
    public static let mostBytes = 1 << 20

    /// What stands in a list.
    public struct Reading: Sendable {
        /// One entry for each repository, in the order in which they come first; all tags are an entry of their own.
        public var entries: [ImageEntry]
        /// What is to be told, in the order of the list; the last note says so where there was more than anyone reads.
        public var notes: [ImageListNote]

        /// Where each entry begins, and where its tags stand.
        var spots: [ListedEntry.Spots]
    }

    /// Reads a list for a rule.
    /// - Parameters:
    ///   - text: The list.
    ///   - rule: The rule that it belongs to: names at the destination and platforms are its own.
    ///   - source: The registry that the rule copies from.
    public static func read(
        _ text: String, for rule: Replication, from source: RegistryDeclaration
    ) -> Reading {
        guard text.utf8.count <= mostBytes else {
            let spot = ListSpot(item: 1, character: 1, line: 1, column: 1)
            let note = ImageListNote("the list has more than \(mostBytes) bytes", at: spot, isFault: true)
            return Reading(entries: [], notes: [note], spots: [])
        }
        var gatherer = ListGatherer(rule: rule, source: ListSource(source))
        var scanner = ListScanner(text)
        while let item = scanner.next() { gatherer.add(item) }
        return gatherer.reading
    }
}

extension Replication {
    /// The rule with the entries of a list added to its own, and what is to be told of the list. Items at fault are
    /// left out: whoever calls tells them, and lets the others go on.
    public func adding(
        list text: String, from source: RegistryDeclaration
    ) -> (rule: Replication, notes: [ImageListNote]) {
        let reading = ImageListText.read(text, for: self, from: source)
        var rule = self
        rule.images += reading.entries
        return (rule, reading.notes)
    }
}

import OCI

/// Makes entries of the items of a list: items for one repository are one entry.
struct ListGatherer {
    private let rule: Replication
    private let source: ListSource

    private var entries: [ListedEntry] = []
    private var places: [Key: Int] = [:]
    private var notes: [ImageListNote] = []
    /// Stands for what is not told.
    private var rest: ImageListNote?
    private var isEmpty = true

    /// What makes one entry of two items.
    private struct Key: Hashable {
        var found: ListSource.Found
        var hasAllTags: Bool
    }

    /// More than this is not told of one list.
    private static let mostNotes = 1_000

    init(rule: Replication, source: ListSource) {
        self.rule = rule
        self.source = source
    }

    /// Everything so far.
    var reading: ImageListText.Reading {
        ImageListText.Reading(
            entries: entries.map { $0.entry(of: rule) }, notes: notes + [rest].compactMap { $0 },
            spots: entries.map(\.spots))
    }

    /// Reads one item more.
    mutating func add(_ item: ListItem) {
        if let tab = item.tab { tell("a tab is left out", at: tab) }
        guard !item.text.isEmpty else { return tellEmpty(item) }
        isEmpty = false
        if let lineBreak = item.lineBreak {
            tell(
                "a line ends inside an item, which is read as \(item.text.quoted)", at: lineBreak,
                hint: "put a ',' between two images")
        }
        if item.text == Self.placeholder {
            return refuse(
                ListFault(
                    "the list says that it is not used",
                    hint: "choose everything under 'images' instead: repositories: { include: [\"**\"] }"),
                at: item.spot)
        }
        do throws(ListFault) {
            let image = try ListedImage(item.text)
            try add(image, try source.find(image, in: item.text), item)
        } catch { refuse(error, at: item.spot) }
    }

    /// What the Hub wrote in place of a list where everything was copied; blanks are left out.
    private static let placeholder = "NotApplicable"

    private mutating func add(_ image: ListedImage, _ found: ListSource.Found, _ item: ListItem)
        throws(ListFault)
    {
        let key = Key(found: found, hasAllTags: image.tags == .all)
        let place = places[key] ?? entries.count
        if place == entries.count {
            entries.append(ListedEntry(found: found, spot: item.spot))
            places[key] = place
        }
        guard let first = entries[place].add(image, at: item.spot) else { return }
        guard first.isSame else {
            throw ListFault("\(item.text.quoted) has another digest than item \(first.item) wants")
        }
        tell("\(item.text.quoted) stands in item \(first.item) as well", at: item.spot)
    }

    private mutating func tellEmpty(_ item: ListItem) {
        if !item.isLast {
            tell("nothing stands before this comma", at: item.spot)
        } else if isEmpty {
            tell("the list names no image", at: item.spot)
        } else {
            tell("nothing stands behind the last comma", at: item.spot)
        }
    }

    private mutating func refuse(_ fault: ListFault, at spot: ListSpot) {
        note(ImageListNote(fault.message, at: spot, isFault: true, hint: fault.hint))
    }

    private mutating func tell(_ message: String, at spot: ListSpot, hint: String? = nil) {
        note(ImageListNote(message, at: spot, hint: hint))
    }

    private mutating func note(_ note: ImageListNote) {
        guard notes.count >= Self.mostNotes else { return notes.append(note) }
        let isFault = note.isFault || rest?.isFault == true
        let spot = rest?.spot ?? note.spot
        rest = ImageListNote("there is more to be told of this list", at: spot, isFault: isFault)
    }
}

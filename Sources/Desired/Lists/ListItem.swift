/// Where something stands in a list.
struct ListSpot: Hashable, Sendable {
    /// Which item, counted from 1.
    var item: Int
    /// The character of the whole text, counted from 1.
    var character: Int
    /// The line, counted from 1.
    var line: Int
    /// The character in that line, counted from 1.
    var column: Int
    /// How many characters of that line.
    var width = 1
}

/// What stands between two commas, without what a list leaves out.
struct ListItem {
    var text: String
    /// Where its first character is, or the comma behind it.
    var spot: ListSpot
    /// Where a line ends inside it.
    var lineBreak: ListSpot?
    /// Where a tab stands.
    var tab: ListSpot?
    /// It is the last one.
    var isLast: Bool
}

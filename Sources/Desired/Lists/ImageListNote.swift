/// Something to be told of one item of a list.
public struct ImageListNote: Sendable, Hashable, CustomStringConvertible {
    /// Which item, counted from 1.
    public var item: Int
    /// The character of the whole list that it begins at, counted from 1.
    public var character: Int
    /// The item is at fault and left out; else it is read as the message says.
    public var isFault: Bool
    /// One line that says what is the matter.
    public var message: String
    /// What to do about it.
    public var hint: String?

    /// The place in a file that holds the list.
    let spot: ListSpot

    init(_ message: String, at spot: ListSpot, isFault: Bool = false, hint: String? = nil) {
        (item, character) = (spot.item, spot.character)
        self.isFault = isFault
        self.message = message.shortened(to: 400).printable
        self.hint = hint?.shortened(to: 400).printable
        self.spot = spot
    }

    /// The item, its place and what is the matter, in one line.
    public var description: String {
        "item \(item) (character \(character)): \(message)" + (hint.map { "; \($0)" } ?? "")
    }
}

/// A part of a document that remembers where it stands. An alias is the node that it names, at the place of
/// its anchor.
public struct Node: Sendable, Hashable {
    /// What it holds.
    public var content: Content
    /// Where it begins.
    public var position: Position
    /// How many characters of its first line are underlined when it is at fault.
    public var width: Int

    /// Puts a node together.
    public init(content: Content, position: Position, width: Int) {
        self.content = content
        self.position = position
        self.width = width
    }

    /// The three forms that a node can have.
    public enum Content: Sendable, Hashable {
        /// One value.
        case scalar(Scalar)
        /// Nodes in a row.
        case sequence([Node])
        /// Keys with their values, in the order of the text, merge keys already followed.
        case mapping([Entry])
    }

    /// One key of a mapping with its value.
    public struct Entry: Sendable, Hashable {
        /// The key as written: keys are texts, whatever they look like.
        public var name: String
        /// Where the key stands.
        public var key: Node
        /// Its value.
        public var value: Node
    }

    /// The place of one character of the scalar's text, where the text stands in the file as it is.
    public func position(ofCharacter offset: Int) -> Position? {
        guard case .scalar(let scalar) = content, let quotes = scalar.leadingQuotes else { return nil }
        return Position(line: position.line, column: position.column + quotes + offset)
    }
}

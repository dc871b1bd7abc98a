/// What is wrong with a text, and where.
public struct YAMLFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it is.
    public var position: Position
    /// How many characters are concerned.
    public var width: Int
    /// One line for people.
    public var message: String
    /// What to do about it.
    public var hint: String?

    /// Describes a fault.
    public init(_ message: String, at position: Position, width: Int = 1, hint: String? = nil) {
        self.position = position
        self.width = width
        self.message = message
        self.hint = hint
    }

    /// `line:column: message`
    public var description: String { "\(position): \(message)" }

    init(_ message: String, at node: Node, hint: String? = nil) {
        self.init(message, at: node.position, width: node.width, hint: hint)
    }
}

/// A place in a text, as editors count: the first line is 1, the first character of a line is 1.
public struct Position: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The line, counted from 1.
    public var line: Int
    /// The character in that line, counted from 1.
    public var column: Int

    /// Names a place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`
    public var description: String { "\(line):\(column)" }

    /// Orders places as they are read.
    public static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

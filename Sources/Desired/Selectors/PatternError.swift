/// Why a text is no pattern that davit takes.
public struct PatternError: Error, Equatable, CustomStringConvertible {
    /// The character it stands at, counted from 0.
    public var offset: Int
    /// One line for people.
    public var description: String
}

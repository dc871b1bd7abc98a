/// A line to a place on which only so many bytes a second may go, in both directions together.
///
/// All requests that name the same line share it.
public struct Line: Hashable, Sendable {
    /// Whose line it is.
    public var name: String
    /// The ceiling.
    public var bytesPerSecond: Int64

    /// Describes a line.
    public init(name: String, bytesPerSecond: Int64) {
        self.name = name
        self.bytesPerSecond = bytesPerSecond
    }
}

/// A password or token: it can be carried anywhere, and printed nowhere.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Wraps a secret as it was found.
    public init(_ text: String) {
        self.text = text
    }

    /// The secret itself, for the one place that sends it.
    public func reveal() -> String { text }

    /// True where there is nothing to hide.
    public var isEmpty: Bool { text.isEmpty }

    /// Three dots, whatever the secret is.
    public var description: String { "•••" }

    /// Three dots as well.
    public var debugDescription: String { "•••" }

    /// A mirror without a child, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}

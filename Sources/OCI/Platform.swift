/// What an image runs on (image-spec, image-index.md, "platform").
public struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The operating system, in Go's spelling.
    public var os: String
    /// The processor, in Go's spelling.
    public var architecture: String
    /// The processor's variant, such as `v7`.
    public var variant: String?

    /// Names a platform by its parts.
    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// `os/architecture` or `os/architecture/variant`.
    public var description: String {
        ([os, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/")
    }
}

/// What an image runs on (image-spec, image-index.md, "platform").
public struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The operating system, in Go's spelling.
    public var os: String
    /// The processor, in Go's spelling.
    public var architecture: String
    /// The processor's variant, such as `v7`.
    public var variant: String?
    /// The operating system's version, such as `10.0.17763.4974`: Windows images name it.
    public var osVersion: String?

    private enum CodingKeys: String, CodingKey {
        case os, architecture, variant
        case osVersion = "os.version"
    }

    /// Names a platform by its parts.
    public init(os: String, architecture: String, variant: String? = nil, osVersion: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
        self.osVersion = osVersion
    }

    /// `os/architecture` or `os/architecture/variant`, an OS version in brackets behind the system.
    public var description: String {
        let system = osVersion.map { "\(os)(\($0))" } ?? os
        return ([system, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/")
    }

    /// The variant by its full name, where one is named or goes without saying: `8` is `v8`, and an `arm64`
    /// that names none is a `v8`.
    var fullVariant: String? { Self.fullVariant(variant, of: architecture) }

    /// True where the variant is the one that the processor's plain name stands for.
    var isUsual: Bool { fullVariant == Self.fullVariant(nil, of: architecture) }

    static func fullVariant(_ variant: String?, of architecture: String) -> String? {
        guard let variant, !variant.isEmpty else {
            return ["amd64": "v1", "arm": "v7", "arm64": "v8"][architecture]
        }
        return variant.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
            ? "v" + variant : variant
    }
}

import OCI

/// As a saved plan writes it: `absent`, `unasked`, or the digest.
extension Sight: Codable {
    /// Reads a sight.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        switch text {
        case "absent": self = .absent
        case "unasked": self = .unasked
        default: self = .present(try Digest(text))
        }
    }

    /// Writes a sight.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .absent: try container.encode("absent")
        case .unasked: try container.encode("unasked")
        case .present(let digest): try container.encode(digest)
        }
    }
}

/// As a saved plan writes it: what is asked for, behind the kind of it.
extension Question: Codable, Comparable {
    private enum CodingKeys: String, CodingKey { case blob, child, digest, tag }

    /// Reads a question.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let blob = try container.decodeIfPresent(Digest.self, forKey: .blob) {
            self = .blob(blob)
        } else if let child = try container.decodeIfPresent(Digest.self, forKey: .child) {
            self = .child(child)
        } else if let digest = try container.decodeIfPresent(Digest.self, forKey: .digest) {
            self = .manifest(.digest(digest))
        } else {
            self = .manifest(.tag(try container.decode(Tag.self, forKey: .tag)))
        }
    }

    /// Writes a question.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .blob(let digest): try container.encode(digest, forKey: .blob)
        case .child(let digest): try container.encode(digest, forKey: .child)
        case .manifest(.digest(let digest)): try container.encode(digest, forKey: .digest)
        case .manifest(.tag(let tag)): try container.encode(tag, forKey: .tag)
        }
    }

    /// Orders by kind, then by text.
    public static func < (left: Question, right: Question) -> Bool { left.key < right.key }

    private var key: (Int, String) {
        switch self {
        case .blob(let digest): (0, digest.description)
        case .manifest(.digest(let digest)): (1, digest.description)
        case .manifest(.tag(let tag)): (2, tag.description)
        case .child(let digest): (3, digest.description)
        }
    }
}

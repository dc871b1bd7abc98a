/// Where the entries of an index stand in its JSON text, so that whole ones can be cut out of it and all else keeps
/// its bytes.
///
/// The text is known to be JSON; it is looked at no deeper than strings and brackets, without recursion.
struct IndexText {
    /// The bytes of each entry under `manifests`, in order.
    private(set) var entries: [Range<Int>] = []
    private let bytes: [UInt8]
    private var position = 0

    /// Finds the entries of the one `manifests` that there is.
    init(_ bytes: [UInt8]) throws(ManifestError) {
        self.bytes = bytes
        try skip(UInt8(ascii: "{"))
        var isFound = false
        while let sign = next(), sign != UInt8(ascii: "}") {
            if sign == UInt8(ascii: ",") { position += 1 }
            let isManifests = try key() == "manifests"
            try skip(UInt8(ascii: ":"))
            guard isManifests else {
                try value()
                continue
            }
            guard !isFound else { throw .malformed("'manifests' stands in it twice") }
            isFound = true
            try list()
        }
    }

    /// The text with these entries alone, each with the bytes that stood before it.
    func keeping(_ kept: [Int]) -> [UInt8] {
        guard let first = entries.first, let last = entries.last, let head = kept.first else { return bytes }
        var text = Array(bytes[..<first.lowerBound])
        text += bytes[entries[head]]
        for index in kept.dropFirst() {
            text += bytes[entries[index - 1].upperBound..<entries[index].upperBound]
        }
        return text + bytes[last.upperBound...]
    }

    /// The next byte that is no blank, which is not passed.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func skip(_ sign: UInt8) throws(ManifestError) {
        guard next() == sign else { throw Self.strange }
        position += 1
    }

    /// A member's name. One that is written with escapes is none that is looked for.
    private mutating func key() throws(ManifestError) -> String {
        guard next() == UInt8(ascii: "\"") else { throw Self.strange }
        let start = position
        try string()
        return String(decoding: bytes[start + 1..<position - 1], as: UTF8.self)
    }

    private mutating func list() throws(ManifestError) {
        try skip(UInt8(ascii: "["))
        while let sign = next(), sign != UInt8(ascii: "]") {
            if sign == UInt8(ascii: ",") { position += 1 }
            _ = next()
            let start = position
            try value()
            entries.append(start..<position)
        }
        try skip(UInt8(ascii: "]"))
    }

    /// Passes a string from its first quote to its last.
    private mutating func string() throws(ManifestError) {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw Self.strange }
        position += 1
    }

    /// Passes a value of any kind.
    private mutating func value() throws(ManifestError) {
        var depth = 0
        while let sign = next() {
            switch sign {
            case UInt8(ascii: "\""):
                try string()
                guard depth > 0 else { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // At the end of a number, the bracket is that of what it stands in.
                guard depth > 0 else { return }
                depth -= 1
                position += 1
                guard depth > 0 else { return }
            case UInt8(ascii: ",") where depth == 0: return
            default: position += 1
            }
        }
    }

    private static let strange = ManifestError.malformed("its text is no index that parts can be cut out of")
}

/// Reads XML without recursion, from the first byte to the last.
struct XMLReader {
    private static let deepest = 64
    private static let most = 20_000

    private let bytes: [UInt8]
    private var place = 0
    private var count = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one element that the document is, with all that is in it.
    mutating func document() throws(XMLError) -> XMLNode {
        var open: [XMLNode] = []
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
        while place < bytes.count {
            if bytes[place] != UInt8(ascii: "<") {
                let text = try text()
                guard !open.isEmpty else {
                    // Between the prolog and the root only blanks may stand.
                    guard text.allSatisfy(\.isWhitespace) else { throw error }
                    continue
                }
                open[open.count - 1].text += text
            } else if skip("<?", until: "?>") || skip("<!--", until: "-->") {
                continue
            } else if let text = section() {
                guard !open.isEmpty else { throw error }
                open[open.count - 1].text += text
            } else if has("</") {
                guard let node = open.popLast(), try closing() == node.name else { throw error }
                guard !open.isEmpty else { return node }
                open[open.count - 1].children.append(node)
            } else if let node = try opening(&open) {
                return node
            }
        }
        throw error
    }

    private var error: XMLError { XMLError(offset: place) }

    /// Reads a start tag; the root where that is empty at once.
    private mutating func opening(_ open: inout [XMLNode]) throws(XMLError) -> XMLNode? {
        place += 1
        count += 1
        let node = XMLNode(name: try name())
        guard count <= Self.most, open.count < Self.deepest else { throw error }
        let isEmpty = try tagEnd()
        guard isEmpty else {
            open.append(node)
            return nil
        }
        guard !open.isEmpty else { return node }
        open[open.count - 1].children.append(node)
        return nil
    }

    private mutating func closing() throws(XMLError) -> String {
        place += 2
        let name = try name()
        guard try !tagEnd() else { throw error }
        return name
    }

    /// A name without its prefix.
    private mutating func name() throws(XMLError) -> String {
        let start = place
        while place < bytes.count, !Self.isNameEnd(bytes[place]) { place += 1 }
        guard place > start, let first = bytes[safe: start], first != UInt8(ascii: "!") else { throw error }
        let name = bytes[start..<place]
        return String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? name, as: UTF8.self)
    }

    private static func isNameEnd(_ byte: UInt8) -> Bool {
        [9, 10, 13, 32, UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "<")].contains(byte)
    }

    /// Goes past attributes to the end of a tag; true where the tag ends its element, too.
    private mutating func tagEnd() throws(XMLError) -> Bool {
        var quote: UInt8?
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "<") {
                throw error
            } else if byte == UInt8(ascii: ">") {
                return bytes[place - 2] == UInt8(ascii: "/")
            }
        }
        throw error
    }

    private mutating func text() throws(XMLError) -> String {
        var output: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") {
            guard bytes[place] == UInt8(ascii: "&") else {
                output.append(bytes[place])
                place += 1
                continue
            }
            output += try entity()
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// `&lt;`, `&#38;`, `&#x26;`
    private mutating func entity() throws(XMLError) -> String.UTF8View {
        guard let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw error }
        let name = String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
        place = end + 1
        let known = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        if let text = known[name] { return text.utf8 }
        let number =
            name.hasPrefix("#x")
            ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = number.flatMap({ Unicode.Scalar($0) }), scalar.value != 0 else { throw error }
        return String(scalar).utf8
    }

    /// `<![CDATA[…]]>`
    private mutating func section() -> String? {
        let start = place
        guard skip("<![CDATA[", until: "]]>") else { return nil }
        return String(decoding: bytes[(start + 9)..<(place - 3)], as: UTF8.self)
    }

    private func has(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

    /// Goes past something that begins and ends so; false where it is not there, or has no end.
    private mutating func skip(_ start: String, until end: String) -> Bool {
        guard has(start) else { return false }
        var index = place + start.utf8.count
        while index + end.utf8.count <= bytes.count {
            if bytes[index...].starts(with: end.utf8) {
                place = index + end.utf8.count
                return true
            }
            index += 1
        }
        return false
    }
}

extension Array {
    /// The element at a place, where there is one.
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

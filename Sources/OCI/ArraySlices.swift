/// Where the elements of one array of a JSON object stand in its bytes, so that they can be taken over as they are and
/// all else keeps its bytes.
///
/// The text is known to be JSON; it is looked at no deeper than strings and brackets, without recursion.
package struct ArraySlices {
    /// The elements, in order.
    package private(set) var elements: [Range<Int>] = []
    /// The array, from its opening bracket to behind its closing one, or what stands for it.
    package private(set) var array = 0..<0
    /// Nothing stands where the array should: how some programs write an empty one.
    package private(set) var isNull = false
    private let bytes: [UInt8]

    /// Where the array's closing bracket stands.
    var end: Int { array.upperBound - 1 }

    /// Finds the array under a key of the outermost object; `nil` where there is none, or more than one.
    package init?(of key: String, in bytes: [UInt8]) {
        self.bytes = bytes
        var position = skipSpace(0)
        guard byte(position) == UInt8(ascii: "{") else { return nil }
        position = skipSpace(position + 1)
        var isFound = false
        while byte(position) == UInt8(ascii: "\"") {
            guard let name = skipString(position) else { return nil }
            let isWanted = bytes[(position + 1)..<(name - 1)].elementsEqual(key.utf8)
            position = skipSpace(name)
            guard byte(position) == UInt8(ascii: ":") else { return nil }
            position = skipSpace(position + 1)
            if isWanted {
                guard !isFound, let after = readArray(position) else { return nil }
                (isFound, array, position) = (true, position..<after, after)
            } else {
                guard let after = skipValue(position) else { return nil }
                position = after
            }
            position = skipSpace(position)
            guard byte(position) == UInt8(ascii: ",") else { break }
            position = skipSpace(position + 1)
        }
        guard isFound, byte(position) == UInt8(ascii: "}") else { return nil }
    }

    /// The text with these elements alone, each with the bytes that stood before it.
    func keeping(_ kept: [Int]) -> [UInt8] {
        guard let first = elements.first, let last = elements.last, let head = kept.first else {
            return bytes
        }
        var text = Array(bytes[..<first.lowerBound])
        text += bytes[elements[head]]
        for index in kept.dropFirst() {
            text += bytes[elements[index - 1].upperBound..<elements[index].upperBound]
        }
        return text + bytes[last.upperBound...]
    }

    private func byte(_ position: Int) -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private func skipSpace(_ start: Int) -> Int {
        var position = start
        while let byte = byte(position), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
        return position
    }

    /// Reads the array that begins here; returns what follows it.
    private mutating func readArray(_ start: Int) -> Int? {
        guard byte(start) == UInt8(ascii: "[") else {
            isNull = bytes[min(start, bytes.count)...].starts(with: "null".utf8)
            return isNull ? skipValue(start) : nil
        }
        var position = skipSpace(start + 1)
        while byte(position) != UInt8(ascii: "]") {
            guard let after = skipValue(position) else { return nil }
            elements.append(position..<after)
            position = skipSpace(after)
            guard byte(position) == UInt8(ascii: ",") else { break }
            position = skipSpace(position + 1)
        }
        guard byte(position) == UInt8(ascii: "]") else { return nil }
        return position + 1
    }

    /// What follows the value that begins here.
    private func skipValue(_ start: Int) -> Int? {
        var (position, depth) = (start, 0)
        while let byte = byte(position) {
            switch byte {
            case UInt8(ascii: "\""):
                guard let after = skipString(position) else { return nil }
                position = after
                if depth == 0 { return position }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The closing of what the value stands in ends a number or a word.
                if depth == 0 { return position > start ? position : nil }
                depth -= 1
                if depth == 0 { return position + 1 }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return position > start ? position : nil }
            default: break
            }
            position += 1
        }
        return nil
    }

    /// What follows the string that begins here.
    private func skipString(_ start: Int) -> Int? {
        var position = start + 1
        while let byte = byte(position) {
            if byte == UInt8(ascii: "\"") { return position + 1 }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }
}

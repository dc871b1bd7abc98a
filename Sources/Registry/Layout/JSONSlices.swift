/// Finds where the values of a JSON text begin and end, in a text that is known to be JSON: so that what is not
/// ours can be left as it is, byte for byte.
struct JSONSlices {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The values of an object's members of this name; `nil` where the text is no object.
    func members(named name: String) -> [Range<Int>]? {
        var place = skipBlanks(0)
        guard at(place) == UInt8(ascii: "{") else { return nil }
        var found: [Range<Int>] = []
        let wanted = Array("\"\(name)\"".utf8)
        place = skipBlanks(place + 1)
        while at(place) == UInt8(ascii: "\"") {
            let key = place..<end(ofValueAt: place)
            place = skipBlanks(key.upperBound)
            guard at(place) == UInt8(ascii: ":") else { return nil }
            place = skipBlanks(place + 1)
            let value = place..<end(ofValueAt: place)
            if bytes[key].elementsEqual(wanted) { found.append(value) }
            place = skipBlanks(value.upperBound)
            guard at(place) == UInt8(ascii: ",") else { break }
            place = skipBlanks(place + 1)
        }
        return at(place) == UInt8(ascii: "}") ? found : nil
    }

    /// The elements of the array at a place; `nil` where there is none.
    func elements(of array: Range<Int>) -> [Range<Int>]? {
        guard at(array.lowerBound) == UInt8(ascii: "[") else { return nil }
        var found: [Range<Int>] = []
        var place = skipBlanks(array.lowerBound + 1)
        while place < array.upperBound, at(place) != UInt8(ascii: "]") {
            let value = place..<end(ofValueAt: place)
            guard !value.isEmpty else { return nil }
            found.append(value)
            place = skipBlanks(value.upperBound)
            guard at(place) == UInt8(ascii: ",") else { break }
            place = skipBlanks(place + 1)
        }
        return at(place) == UInt8(ascii: "]") ? found : nil
    }

    private func at(_ place: Int) -> UInt8? { bytes.indices.contains(place) ? bytes[place] : nil }

    private func skipBlanks(_ start: Int) -> Int {
        var place = start
        while let byte = at(place), byte == 0x20 || (0x09...0x0D).contains(byte) { place += 1 }
        return place
    }

    /// The place behind the value that begins here. Depth is counted and not climbed: no text can exhaust the stack.
    private func end(ofValueAt start: Int) -> Int {
        var (place, depth) = (start, 0)
        while let byte = at(place) {
            switch byte {
            case UInt8(ascii: "\""):
                place = end(ofTextAt: place)
                if depth == 0 { return place }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return place }
                depth -= 1
                if depth == 0 { return place + 1 }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09...0x0D:
                if depth == 0 { return place }
            default: break
            }
            place += 1
        }
        return place
    }

    private func end(ofTextAt start: Int) -> Int {
        var place = start + 1
        while let byte = at(place), byte != UInt8(ascii: "\"") {
            place += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place + 1, bytes.count)
    }
}

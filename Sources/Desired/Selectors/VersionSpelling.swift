/// A version with what its spelling tells besides: how many numbers were written.
struct VersionSpelling {
    let version: Version
    /// How many numbers stand there, 1 to 4.
    let precision: Int

    /// More digits than any calendar or build counter has; what is longer is a hash or an attack.
    private static let mostDigits = 18

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        var index = bytes.first == UInt8(ascii: "v") || bytes.first == UInt8(ascii: "V") ? 1 : 0
        guard let (numbers, precision) = Self.numbers(in: bytes, at: &index) else { return nil }
        guard let prerelease = Self.prerelease(in: bytes, at: &index) else { return nil }
        guard Self.endsWithBuild(bytes[index...]) else { return nil }
        version = Version(numbers, prerelease: prerelease)
        self.precision = precision
    }

    private static func numbers(in bytes: [UInt8], at index: inout Int) -> (Version.Numbers, Int)? {
        let places: [WritableKeyPath<Version.Numbers, UInt64>] = [\.major, \.minor, \.patch, \.fourth]
        var numbers = Version.Numbers()
        for (count, place) in places.enumerated() {
            guard let value = number(in: bytes, at: &index) else { return nil }
            numbers[keyPath: place] = value
            guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return (numbers, count + 1) }
            index += 1
        }
        return nil
    }

    private static func number(in bytes: [UInt8], at index: inout Int) -> UInt64? {
        let start = index
        var digits = 0
        var value: UInt64 = 0
        while index < bytes.count, isDigit(bytes[index]) {
            digits += value == 0 && bytes[index] == UInt8(ascii: "0") ? 0 : 1
            guard digits <= mostDigits else { return nil }
            value = value * 10 + UInt64(bytes[index] - UInt8(ascii: "0"))
            index += 1
        }
        return index > start ? value : nil
    }

    /// Reads `-` and what follows it; nothing there is a release, a part of no characters is no version.
    private static func prerelease(in bytes: [UInt8], at index: inout Int) -> [Version.Identifier]? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "-") else { return [] }
        let rest = bytes[(index + 1)...].prefix { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "_") }
        index = rest.endIndex
        let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let identifiers = parts.compactMap(identifier)
        return identifiers.count == parts.count ? identifiers : nil
    }

    private static func identifier(_ bytes: ArraySlice<UInt8>) -> Version.Identifier? {
        guard !bytes.isEmpty, bytes.allSatisfy(isWordCharacter) else { return nil }
        guard bytes.allSatisfy(isDigit) else {
            return Version.Identifier(text: String(decoding: bytes, as: UTF8.self), isNumber: false)
        }
        let digits = bytes.drop { $0 == UInt8(ascii: "0") }
        let text = digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
        return Version.Identifier(text: text, isNumber: true)
    }

    private static func endsWithBuild(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first else { return true }
        guard first == UInt8(ascii: "+") || first == UInt8(ascii: "_"), rest.count > 1 else { return false }
        return rest.dropFirst().allSatisfy {
            isWordCharacter($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "-")
    }
}

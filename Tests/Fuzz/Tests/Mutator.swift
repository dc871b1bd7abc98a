import struct Lab.Random

/// Makes inputs that nobody would write out of some that somebody would.
struct Mutator {
    private let seeds: [[UInt8]]
    private let words: [[UInt8]]
    private var random: Random

    /// What parsers trip over.
    private static let pitfalls = [
        "\u{0}", "\u{FEFF}", "\u{202E}", "\r\n", "\t", "&a", "*a", "<<: *a", "!!binary", "---\n", "...\n",
        "{", "}",
        "[", "]", "\"", "'", "\\", "\\u0000", "%00", "%2F", "..", "//", "@", ":", ",", "=", "-1", "1e999",
        "NaN",
        "9223372036854775807", "18446744073709551616", "null", "${", "$${", "(?", "(a*)*", "[a-", "\u{1F6A2}",
    ].map { Array($0.utf8) }

    init(_ seeds: [[UInt8]], seed: UInt64) {
        self.seeds = seeds
        random = Random(seed: seed)
        words = Self.pitfalls + seeds.flatMap { $0.split { !Self.isLetter($0) }.map { Array($0) } }
    }

    /// The next input, of at most 64 KiB.
    mutating func next() -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) { change(&bytes) }
        return Array(bytes.prefix(64 << 10))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let from = Int.random(in: 0...bytes.count, using: &random)
        let to = min(bytes.count, from + Int.random(in: 0...40, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where from < bytes.count: bytes[from] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes.removeSubrange(from..<to)
        case 2: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: from)
        case 3: bytes.replaceSubrange(from..<to, with: words.randomElement(using: &random) ?? [])
        case 4: bytes.insert(contentsOf: bytes[from..<to], at: from)
        case 5:
            let times = Int.random(in: 2...200, using: &random)
            bytes.insert(contentsOf: Array(repeating: Array(bytes[from..<to]), count: times).joined(), at: to)
        default:
            let other = seeds.randomElement(using: &random) ?? []
            bytes.replaceSubrange(
                from..., with: other.suffix(Int.random(in: 0...other.count, using: &random)))
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

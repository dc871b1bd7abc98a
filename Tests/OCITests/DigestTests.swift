import Foundation
import OCI
import Testing

@Suite("Digest") struct DigestTests {
    static let hex = String(repeating: "0123456789abcdef", count: 4)

    @Test("reads what the specification registers", arguments: ["sha256:" + hex, "sha512:" + hex + hex])
    func reads(text: String) throws {
        let digest = try Digest(text)
        #expect(digest.description == text)
        #expect(text == digest.algorithm.rawValue + ":" + digest.hex)
        #expect(digest.hex.count == digest.algorithm.hexLength)
        #expect(digest.short == "\(digest.algorithm):0123456789ab")
    }

    static let faults: [(String, DigestError)] = [
        ("", .noAlgorithm("")), (hex, .noAlgorithm(hex)), (":", .unknownAlgorithm(":")),
        unknown("md5:"), unknown("SHA256:"), unknown(" sha256:"),
        ("sha256:", .badLength("sha256:", wanted: 64)),
        ("sha256:\(hex.dropLast())", .badLength("sha256:\(hex.dropLast())", wanted: 64)),
        ("sha256:\(hex)0", .badLength("sha256:\(hex)0", wanted: 64)),
        ("sha512:\(hex)", .badLength("sha512:\(hex)", wanted: 128)),
        character("sha256:\(hex.uppercased())"), character("sha256:\(hex.dropLast())g"),
        character("sha256:\(hex.dropLast(2))é"), character("sha256:\(hex.dropLast())\n"),
    ]

    private static func unknown(_ prefix: String) -> (String, DigestError) {
        (prefix + hex, .unknownAlgorithm(prefix + hex))
    }

    private static func character(_ text: String) -> (String, DigestError) { (text, .badCharacter(text)) }

    @Test("says what is wrong", arguments: faults)
    func refuses(text: String, reason: DigestError) {
        #expect(throws: reason) { try Digest(text) }
        #expect(!reason.description.isEmpty)
    }

    /// The first two are the test vectors of FIPS 180.
    @Test(
        "hashes whole values",
        arguments: [
            (
                "", HashAlgorithm.sha256,
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            ),
            ("abc", .sha256, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abc", .sha512,
                "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ])
    func hashes(text: String, algorithm: HashAlgorithm, sum: String) throws {
        let digest = Digest(hashing: Array(text.utf8), by: algorithm)
        #expect(digest.description == sum)
        #expect(try digest == Digest(sum))
        #expect(digest.algorithm == algorithm)
    }

    @Test("is text in JSON, and is judged when it is read")
    func codes() throws {
        let digest = Digest(hashing: [1])
        let data = try JSONEncoder().encode([digest])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(digest)\"]")
        #expect(try JSONDecoder().decode([Digest].self, from: data) == [digest])
        #expect(throws: DigestError.self) {
            try JSONDecoder().decode([Digest].self, from: Data(#"["sha256:1"]"#.utf8))
        }
    }
}

import Foundation
import Lab
import Testing

@testable import AWS

@Suite("Files of profiles") struct ConfigFileTests {
    private struct Case: Encodable {
        enum Value: Encodable {
            case text(String)
            case table([String: String])

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .text(let text): try container.encode(text)
                case .table(let table): try container.encode(table)
                }
            }
        }

        var text: String
        var sections: [String: [String: Value]]?

        init(_ text: String) {
            self.text = text
            sections = (try? ConfigFile(text))?.sections.mapValues { section in
                section.mapValues { entry in
                    switch entry {
                    case .text(let text): .text(text)
                    case .table(let table): .table(table)
                    }
                }
            }
        }
    }

    private static let faults = ["[]\n", "bare\n", "= value\n", "s3 =\n  nothing\n", "e =\n\n  3\n"]

    private static let pieces = [
        "[default]\n", "[profile a]\n", "[profile \"b c\"]\n", "[services x]\n", " [odd]\n", "[x] # y\n",
        "[a]b]\n",
        "aws_access_key_id = AKIA\n", "AWS_Access_Key_ID: x:y=z\n", "region=eu-west-1 # no comment\n",
        "region =\n",
        "s3 =\n  a = b\n  c = d = e\n", "x = 1\n  2\n\n  3\n", "  y = 1\n  z = 2\n",
        "; comment\n",
        "# comment\n", "  # indented comment\n", "\n", "   \n",
        "key with blanks = v\n", "\tt = 1\n",
        "x = ä漢🐳\n", "q = \"quoted\"\n", "ecr =\n  endpoint_url = http://x\n\n  other = 1\n", "last = line",
    ]

    @Test(
        "made files are read as botocore reads them, and refused as it does", .enabled(if: Judge.isInstalled))
    func differential() async throws {
        var random = Random(seed: 3)
        let cases = (0..<3000).map { _ in
            let count = Int.random(in: 1...7, using: &random)
            let first = Int.random(in: 0..<9, using: &random) == 0 ? "" : "[first]\n"
            return Case(
                first + (0..<count).map { _ in Self.piece(&random) }.joined())
        }
        let verdict = try await Judge(script: "profiles.py").judge(cases)
        #expect(
            verdict.status == 0 && verdict.output == "3000 files, 0 differ\n",
            "\(verdict.errors.prefix(5000))")
    }

    private static func piece(_ random: inout Random) -> String {
        let isFault = Int.random(in: 0..<20, using: &random) == 0
        return (isFault ? faults : pieces).randomElement(using: &random) ?? ""
    }

    @Test(
        "words are parted as a shell does",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("'a b' \"c d\"", ["a b", "c d"]),
            (#"a\ b "c\"d\\e\f""#, ["a b", #"c"d\e\f"#]),
            ("''", [""]), ("", []), ("x'y'\"z\"", ["xyz"]), ("'a", nil), ("a\\", nil),
            ("$HOME;`x`|y", ["$HOME;`x`|y"]),
        ] as [(String, [String]?)])
    func words(text: String, words: [String]?) { #expect(ShellWords.split(text) == words) }
}

import Foundation
import Testing

@testable import Desired

/// What is shown to people must work.
@Suite("Examples") struct ExamplesTests {
    static let manifests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "manifests").path

    static var options: LoadOptions {
        var options = LoadOptions()
        options.environment = ["DAVIT_VAR_MIRROR": "registry.fra.example.com", "DAVIT_VAR_STAGE": "test"]
        return options
    }

    static var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: manifests + "/examples")) ?? []).sorted()
    }

    @Test("each loads without a word", arguments: names)
    func loads(name: String) {
        let result = DesiredState.load(paths: [Self.manifests + "/examples/" + name], options: Self.options)
        #expect(result.diagnostics.map { $0.rendered(color: false) } == [])
        #expect(result.state?.rules.isEmpty == false)
    }

    @Test("they show every key that works")
    func complete() throws {
        let text = try Self.names.map { try String(contentsOfFile: Self.manifests + "/examples/" + $0, encoding: .utf8) }
            .joined()
        for key in Self.keys(of: Language.object) + Kind.allCases.flatMap({ Self.keys(of: Language.spec(of: $0)) })
        where !Self.unshown.contains(key) {
            #expect(text.contains("\(key):"), "no example shows '\(key)'")
        }
    }

    /// Keys that only say again what happens anyway, and those that need a file.
    static let unshown: Set<String> = ["platforms", "referrers", "prereleases", "path", "format"]

    @Test("the manual explains every key")
    func manual() throws {
        let manual = try String(contentsOfFile: Self.manifests + "/README.md", encoding: .utf8)
        for key in Self.keys(of: Language.object) + Kind.allCases.flatMap({ Self.keys(of: Language.spec(of: $0)) }) {
            #expect(manual.contains("`\(key)`") || manual.contains(".\(key)`"), "the manual lacks '\(key)'")
        }
        for kind in Kind.allCases {
            for key in Language.spec(of: kind).later {
                #expect(manual.contains("`\(key)`"), "the manual does not say that '\(key)' is not available yet")
            }
        }
    }

    private static func keys(of table: Table) -> [String] {
        table.keys.flatMap { [$0.name] + keys(in: $0.shape) }
    }

    private static func keys(in shape: Shape) -> [String] {
        switch shape {
        case .table(let table): keys(of: table)
        case .list(let item), .dictionary(_, let item): keys(in: item)
        default: []
        }
    }
}

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
        ((try? FileManager.default.contentsOfDirectory(atPath: manifests + "/examples")) ?? [])
            .filter { $0.hasSuffix(".yaml") }.sorted()
    }

    @Test("each loads without a word", arguments: names)
    func loads(name: String) {
        let result = DesiredState.load(paths: [Self.manifests + "/examples/" + name], options: Self.options)
        #expect(result.diagnostics.map { $0.rendered(color: false) } == [])
        #expect(result.state?.rules.isEmpty == false)
    }

    /// Keys that only say what happens anyway, and those that need a file.
    static let unshown: Set<String> = ["referrers", "prereleases", "path", "format"]

    /// Every key that works.
    static let keys = keys(of: Language.object) + Kind.allCases.flatMap { keys(of: Language.spec(of: $0)) }

    @Test("they show every key that works")
    func complete() throws {
        let text = try Self.names
            .map { try String(contentsOfFile: Self.manifests + "/examples/" + $0, encoding: .utf8) }
            .joined()
        for key in Self.keys where !Self.unshown.contains(key) {
            #expect(text.contains("\(key):"), "no example shows '\(key)'")
        }
    }

    @Test("the manual explains every key, and names those that wait")
    func manual() throws {
        let manual = try String(contentsOfFile: Self.manifests + "/README.md", encoding: .utf8)
        for key in Self.keys + Kind.allCases.flatMap({ Language.spec(of: $0).later }) {
            #expect(manual.contains("`\(key)`"), "the manual lacks '\(key)'")
        }
    }

    private static func keys(of table: Table) -> [String] {
        table.keys.flatMap { [$0.name] + keys(in: $0.shape) }
    }

    private static func keys(in shape: Shape) -> [String] {
        switch shape {
        case .table(let table), .flagOr(let table): keys(of: table)
        case .list(let item), .dictionary(let item): keys(in: item)
        default: []
        }
    }
}

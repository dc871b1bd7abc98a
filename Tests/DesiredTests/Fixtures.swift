import Foundation

@testable import Desired

/// The manifests that tests read, and where they stand.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

    /// The names of the manifests in one folder.
    static func names(in group: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + group)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    /// What the fixtures are let see.
    static var options: LoadOptions {
        var options = LoadOptions()
        options.environment = [
            "DAVIT_VAR_TEAM": "web", "DAVIT_VAR_EMPTY": "", "HOME": "/root", "DAVIT_VAR_BAD": "A B",
        ]
        return options
    }

    /// What loading one manifest prints, wherever this repository stands.
    static func report(_ name: String) -> (result: LoadResult, text: String) {
        let result = DesiredState.load(paths: [folder + "/" + name], options: options)
        let lines = result.diagnostics.map { $0.rendered(color: false) + "\n" }.joined()
        return (result, lines.replacingOccurrences(of: folder + "/", with: ""))
    }

    /// Loads a text and gives back what it prints, without source lines.
    static func messages(_ text: String, options: LoadOptions = options) -> [String] {
        DesiredState.load(text: text, named: "t", options: options).diagnostics
            .map { "\($0.line):\($0.column): \($0.message)" }
    }
}

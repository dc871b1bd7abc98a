import Foundation
import Lab

/// A Python program below `Judges` that tells with botocore whether we are right.
struct Judge {
    /// Its file's name.
    let script: String

    /// Whether `.ci/test` has installed what judges.
    static var isInstalled: Bool { Judges.areInstalled }

    /// Where a program below `Judges` is.
    static func path(_ script: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Judges/\(script)").path
    }

    /// Shows it some cases, and returns what it says of them.
    func judge(_ cases: some Encodable, environment: [String: String?] = [:]) async throws -> Outcome {
        let folder = try TemporaryFolder("judge")
        let file = folder.file("cases.json")
        try JSONEncoder().encode(cases).write(to: URL(filePath: file))
        return try await Program(
            Judges.python, [Self.path(script), file],
            environment: Program.environment(environment)
        ).run(timeout: 300)
    }
}

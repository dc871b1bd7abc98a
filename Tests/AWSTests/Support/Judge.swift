import Foundation
import Lab
import Testing

/// A Python program below `Judges` that tells with botocore whether we are right.
struct Judge {
    /// Its file's name.
    let script: String

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    /// The interpreter that `.ci/test` installs botocore and moto for.
    static let python = "\(root)/.build/venv/bin/python"
    /// The program that pretends to be AWS.
    static let moto = "\(root)/.build/venv/bin/moto_server"

    /// Whether `.ci/test` has installed what judges.
    static let isInstalled: Bool =
        (try? Program(python, ["-c", "import botocore, moto"]).runHere().status) == 0

    /// Where a program below `Judges` is.
    static func path(_ script: String) -> String { "\(root)/Tests/AWSTests/Judges/\(script)" }

    /// Shows it some cases, and returns what it says of them.
    func judge(_ cases: some Encodable, environment: [String: String?] = [:]) async throws -> Outcome {
        let folder = try TemporaryFolder("judge")
        let file = folder.file("cases.json")
        try JSONEncoder().encode(cases).write(to: URL(filePath: file))
        return try await Program(
            Self.python, [Self.path(script), file],
            environment: Program.environment(environment)
        ).run(timeout: 300)
    }
}

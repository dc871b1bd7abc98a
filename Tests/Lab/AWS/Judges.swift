import Foundation

/// The Python programs that judge with AWS's own code, and play AWS.
public enum Judges {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The interpreter that `.ci/test` installs botocore, boto3 and moto for.
    public static let python = "\(root)/.build/venv/bin/python"

    /// The program that pretends to be AWS.
    public static let moto = "\(root)/.build/venv/bin/moto_server"

    /// Whether `.ci/test` has installed what judges.
    public static let areInstalled: Bool =
        (try? Program(python, ["-c", "import boto3, moto"]).runHere().status) == 0

    /// Where a program of Lab's is.
    static func path(_ script: String) -> String { "\(root)/Tests/Lab/Judges/\(script)" }

    /// Runs a program of Lab's, and returns what it wrote as JSON.
    public static func run(_ script: String, _ arguments: [String]) async throws -> Outcome {
        let outcome = try await Program(python, [path(script)] + arguments).run(timeout: 300)
        guard outcome.status == 0 else { throw LabError("\(script): \(outcome.errors.suffix(2_000))") }
        return outcome
    }
}

import Foundation
import Lab
import Testing

/// The template and the programs that tell whether it is right.
enum Judge {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Where a file of the project is.
    static func path(_ name: String) -> String { "\(root)/\(name)" }
    static let template = path("manifests/deploy/aws/davit.yaml")

    /// Whether `.ci/test` has installed what judges.
    static let isInstalled: Bool =
        (try? Program(Judges.python, ["-c", "import botocore, cfnlint, moto"]).runHere().status) == 0

    /// The text of a file of the project.
    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// Runs a program below `Judges` on the template, or on what it is given, and reads its answer.
    static func ask<Answer: Decodable>(
        _ script: String, on file: String? = template, _ cases: (any Encodable)? = nil,
        as: Answer.Type = Answer.self
    ) async throws -> Answer {
        let folder = try TemporaryFolder("deploy")
        var arguments = [path("Tests/DeployTests/Judges/\(script)")]
        if let file { arguments.append(file) }
        if let cases {
            let place = folder.file("cases.json")
            try JSONEncoder().encode(cases).write(to: URL(filePath: place))
            arguments.append(place)
        }
        let outcome = try await Program(Judges.python, arguments).run(timeout: 300)
        try #require(outcome.status == 0, "\(outcome.errors.suffix(2000))")
        return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    }

    /// Runs the program that was built beside the tests, with nothing around it.
    static func davit(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let tests = Bundle.main.executablePath ?? ""
        let beside = (tests as NSString).deletingLastPathComponent + "/davit"
        let built = FileManager.default.isExecutableFile(atPath: beside) ? beside : path(".build/debug/davit")
        return try await Program(built, arguments, environment: environment).run()
    }

    /// What cfn-lint says of a template in regions of three partitions.
    static func lint(_ file: String) async throws -> Outcome {
        try await Program(
            path(".build/venv/bin/cfn-lint"),
            ["-r", "us-east-1", "cn-north-1", "us-gov-west-1", "--", file]
        ).run(timeout: 300)
    }
}

import Foundation
import Lab

/// The built program, with a home, a manifest folder and an environment of its own.
final class Davit: Sendable {
    /// What a child sees of the environment beside its home.
    let variables: [String: String]
    private let folder: TemporaryFolder

    init(_ variables: [String: String] = [:]) throws {
        self.variables = variables
        folder = try TemporaryFolder("e2e")
        for name in ["home/.docker", "manifests"] {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    /// The folder of the manifests.
    var manifests: String { folder.file("manifests") }

    /// A path beside the manifests.
    func file(_ name: String) -> String { folder.file(name) }

    /// The text of a file beside the manifests.
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }

    /// All that passes have remembered, byte by byte.
    var remembered: Data {
        get throws {
            let folder = folder.file("home/.local/state/davit")
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().reduce(into: Data()) {
                $0 += try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($1)"))
            }
        }
    }

    /// Writes a manifest.
    func write(_ text: String, to name: String = "rules.yaml") throws {
        try folder.write(text, to: "manifests/\(name)")
    }

    /// Writes the user's Docker configuration.
    func writeDockerConfig(_ text: String) throws { try folder.write(text, to: "home/.docker/config.json") }

    /// Writes a file anywhere below the child's own folder.
    @discardableResult func write(_ text: String, at path: String) throws -> String {
        try folder.write(text, to: path)
    }

    /// The command over the manifest folder, with options behind it.
    func callAsFunction(_ command: String, _ options: String...) async throws -> Outcome {
        try await run([command, manifests] + options)
    }

    /// Any command line.
    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        var program = self.program(arguments)
        program.input = input
        return try await program.run(timeout: 100)
    }

    /// The command over the manifest folder, begun.
    func start(_ command: String, _ options: String...) throws -> RunningProgram {
        try program([command, manifests] + options).start()
    }

    /// The program, ready to be run.
    func program(_ arguments: [String]) -> Program {
        let home = folder.file("home")
        let own = ["HOME": home, "DOCKER_CONFIG": home + "/.docker"]
        return Program(
            Self.path, arguments, environment: own.merging(variables) { $1 }, folder: folder.path)
    }

    /// Where the program was built: beside the tests.
    static let path: String = {
        let beside = (Bundle.main.executablePath ?? "") as NSString
        let path = beside.deletingLastPathComponent + "/davit"
        if FileManager.default.isExecutableFile(atPath: path) { return path }
        let root = (#filePath as NSString).deletingLastPathComponent + "/../../.."
        return (root as NSString).standardizingPath + "/.build/debug/davit"
    }()
}

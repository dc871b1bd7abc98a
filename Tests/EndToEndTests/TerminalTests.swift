import Foundation
import Lab
import Testing

@Suite("Terminals", .serialized, .timeLimit(.minutes(2))) struct TerminalTests {
    /// What could steer a terminal: the escape, its one-byte twin of ISO 6429, the bell, a turn of direction.
    private static let controls: [Unicode.Scalar] = ["\u{1B}", "\u{9B}", "\u{7}", "\u{202E}", "\r"]
    private static let spell = #"\u001b[31mred\u001b]0;title\u0007\u009b2J\u202e\r\ncopied all"#

    /// A source that lists tags and holds a manifest as nobody should, and the rule that reads it.
    private func hostile() throws -> (Davit, ScriptedRegistry, ScriptedRegistry) {
        let source = try ScriptedRegistry { request in
            request.route.kind == .tags
                ? .json(200, #"{"name":"lab/r001","tags":["v001","\#(Self.spell)"]}"#) : nil
        }
        let made = try ImageMaker().image()
        let json = #"{"schemaVersion":2,"mediaType":"application/vnd.\#(Self.spell)","layers":[]}"#
        let manifest = MadeManifest(json, mediaType: "application/vnd.oci.image.manifest.v1+json")
        try source.hold(
            MadeImage(repository: "lab/r001", tag: "v001", blobs: made.blobs, manifests: [manifest]))
        let (destination, davit) = (try ScriptedRegistry(), try Davit())
        try davit.write(Rule().yaml(from: source.host, to: destination.host))
        return (davit, source, destination)
    }

    @Test(
        "nothing that a registry says steers the terminal", arguments: ["select", "diff", "reconcile"],
        [
            [], ["--output", "json"], ["--log-format", "json", "--log-level", "trace"],
            ["--log-level", "trace"],
        ])
    func harmless(command: String, options: [String]) async throws {
        let (davit, source, destination) = try hostile()
        let outcome = try await davit.run([command, davit.manifests] + options)
        #expect(command == "select" || outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        for text in [outcome.output, outcome.errors] {
            for control in Self.controls { #expect(!text.unicodeScalars.contains(control), "\(text)") }
            #expect(!text.contains("\ncopied all"))
        }
        if command == "select", options.isEmpty { #expect(outcome.output.contains("[31mred")) }
        withExtendedLifetime((source, destination)) {}
    }

    @Test("on a terminal, too, no colours but our own")
    func painted() async throws {
        let (davit, source, destination) = try hostile()
        let text = try await onTerminal(davit, "select")
        #expect(text.contains("\u{1B}[1mrule harbour\u{1B}[0m"), "\(text)")
        let pieces = text.split(separator: Character("\u{1B}"), omittingEmptySubsequences: false).dropFirst()
        let ours = ["[0m", "[1m", "[2m", "[32m", "[33m", "[31merror:"]
        #expect(pieces.allSatisfy { piece in ours.contains { piece.hasPrefix($0) } }, "\(text)")
        withExtendedLifetime((source, destination)) {}
    }

    @Test(
        "colour is for terminals alone, and not where NO_COLOR is set or the terminal can't",
        arguments: [
            (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
        ])
    func colors(variables: [String: String], isColored: Bool) async throws {
        let crossing = try Crossing(variables: variables)
        try crossing.write()
        for command in ["diff", "select", "reconcile"] {
            let text = try await onTerminal(crossing.davit, command)
            #expect(text.contains("v001") || text.contains("converged"), "\(text)")
            #expect(text.contains(/\u{1B}\[[0-9;]*m/) == isColored, "\(command): \(text)")
        }
        try crossing.write(Rule { $0.images = [] })
        #expect(try await onTerminal(crossing.davit, "validate").contains(/\u{1B}\[[0-9;]*m/) == isColored)
    }

    /// What the command shows on a terminal of its own.
    private func onTerminal(_ davit: Davit, _ command: String) async throws -> String {
        var program = davit.program([])
        program.environment?.merge(["TERM": "xterm", "PATH": "/usr/bin:/bin"]) { own, _ in own }
        program.arguments = ["-qec", "'\(Davit.path)' \(command) '\(davit.manifests)'", "/dev/null"]
        program.path = "script"
        return try await program.run(timeout: 60).output
    }
}

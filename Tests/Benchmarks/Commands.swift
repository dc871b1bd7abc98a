import Foundation
import Lab

/// The subcommands that make and watch registries.
enum Commands {
    static func seed(_ words: [String]) throws {
        let arguments = try Arguments(words, names: Shape.optionNames.union(["url", "user", "parallel"]))
        let login = try arguments["user"].map { try Self.login($0) }
        let seeder = try Seeder(endpoint(arguments.require("url")), login: login)
        let summary = try seeder.push(Shape(arguments), threads: arguments.value("parallel", 4))
        print(
            "\(summary.tags) tags, \(summary.blobsSent) blobs of \(summary.bytesSent) bytes sent,",
            "\(summary.mounts) mounted")
    }

    static func verify(_ words: [String]) throws {
        let arguments = try Arguments(words, names: Shape.optionNames.union(["src", "dst"]))
        let verifier = try Verifier(
            source: endpoint(arguments.require("src")), destination: endpoint(arguments.require("dst")))
        let differences = try verifier.differences(Shape(arguments))
        differences.forEach { print($0) }
        guard differences.isEmpty else { throw LabError("\(differences.count) differences") }
        print("the same")
    }

    static func registry(_ words: [String]) throws {
        let arguments = try Arguments(words, names: ["port", "storage"])
        holdSignals()
        var options = DockerRegistry.Options()
        options.port = try arguments["port"].map { try Self.port($0) }
        if let folder = arguments["storage"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            options.storage = .shared(URL(fileURLWithPath: folder).path)
        }
        let registry = try DockerRegistry(options)
        print("ready \(registry.url)")
        fflush(nil)
        waitUntilTold()
        registry.stop()
    }

    static func count(_ words: [String]) throws {
        let arguments = try Arguments(words, names: ["listen", "to", "delay-ms", "out"])
        holdSignals()
        let delay: Double = try arguments.value("delay-ms", 0)
        let proxy = try CountingProxy(
            to: endpoint(arguments.require("to")), listen: endpoint(arguments["listen"] ?? "127.0.0.1:0"),
            delay: delay / 1_000)
        print("ready \(proxy.url)")
        fflush(nil)
        waitUntilTold()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(proxy.counts), as: UTF8.self) + "\n"
        guard let out = arguments["out"] else { return print(text, terminator: "") }
        try text.write(toFile: out, atomically: true, encoding: .utf8)
    }

    private static func endpoint(_ text: String) throws -> Endpoint {
        guard let endpoint = Endpoint(text) else {
            throw Arguments.Mistake(description: "'\(text)' is no host:port")
        }
        return endpoint
    }

    private static func port(_ text: String) throws -> UInt16 {
        guard let port = UInt16(text) else { throw Arguments.Mistake(description: "'\(text)' is no port") }
        return port
    }

    private static func login(_ text: String) throws -> Login {
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0) }
        guard parts.count == 2 else { throw Arguments.Mistake(description: "--user wants NAME:PASSWORD") }
        return Login(parts[0], parts[1])
    }
}

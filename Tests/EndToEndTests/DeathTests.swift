import Foundation
import Lab
import Testing

@Suite("What davit stands on is gone", .timeLimit(.minutes(4))) struct DeathTests {
    private let shape = Shape { $0.tags = 8 }

    /// The sides of a crossing.
    enum Side: String, CaseIterable, Sendable {
        case source, destination
    }

    @Test("a registry that dies in mid-run and comes back is waited for", arguments: Side.allCases)
    func deadRegistry(side: Side) async throws {
        let crossing = try Crossing(shape)
        try crossing.write(
            Rule {
                $0.more = ["concurrency: 2"]
                $0.retries = 3
            })
        let registry = side == .source ? crossing.source : crossing.destination
        let blow = Blow(atRequest: 25)
        blow.falls {
            _ = kill(registry.pid, SIGKILL)
            usleep(3_000_000)
            try? registry.restart()
        }
        crossing.from.setHook { blow($0) }
        crossing.to.setHook { blow($0) }
        let pass = try await crossing.davit("reconcile")
        #expect(blow.isDone)
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(pass.output.contains("converged: 8 copied"), "\(pass.output)")
        #expect(try await crossing.differences(shape) == [])
    }

    /// A shell that has a file system of its own, of 64 KiB, at the folder that `$1` names.
    private static let smallDisk = [
        "-rm", "sh", "-c", #"mount -t tmpfs -o size=64k tmpfs "$1" && shift && "$@""#,
    ]

    private static func canMount() async throws -> Bool {
        let folder = try TemporaryFolder("mount")
        guard Program.find("unshare") != nil else { return false }
        return try await Program("unshare", smallDisk + ["sh", folder.path, "true"]).run().status == 0
    }

    @Test(
        "a full disk under the report: the images are copied, and it is told",
        .enabled("no small disk can be made") { try await canMount() })
    func fullDiskForReport() async throws {
        let shape = Shape {
            $0.tags = 150; $0.layerSizes = [100]
        }
        let crossing = try Crossing(shape)
        try crossing.write()
        let disk = crossing.davit.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        var program = crossing.davit.program([
            "reconcile", crossing.davit.manifests, "--report", disk + "/report.json",
        ])
        program.arguments = Self.smallDisk + ["sh", disk, program.path] + program.arguments
        program.path = "unshare"
        let pass = try await program.run()
        #expect(pass.status == 1)
        #expect(
            pass.errors.contains("the report could not be written to \(disk)/report.json: No space left"),
            "\(pass.errors)")
        #expect(pass.output.contains("converged: 150 copied"), "\(pass.output)")
        #expect(try await crossing.differences(shape) == [])
    }

    @Test(
        "a full disk under the state file: it is told, and everything is copied",
        .enabled("no small disk can be made") { try await canMount() })
    func fullDiskForState() async throws {
        let crossing = try Crossing(shape)
        try crossing.write()
        let disk = crossing.davit.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        var program = crossing.davit.program(
            ["reconcile", crossing.davit.manifests, "--state", disk + "/state.db"])
        program.arguments = Self.smallDisk + ["sh", disk, program.path] + program.arguments
        program.path = "unshare"
        let pass = try await program.run()
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(pass.errors.contains("warning: the state file \(disk)/state.db "), "\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }
}

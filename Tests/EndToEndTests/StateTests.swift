import Foundation
import Lab
import Testing

@Suite("State, through the program", .serialized, .timeLimit(.minutes(2))) struct StateTests {
    /// A layer of a mebibyte that two repositories share, and a small one for each.
    private let shape = Shape {
        $0.repositories = 2
        $0.layerSizes = [1 << 20, 16 << 10]
        $0.shareAcross = 0.5
    }

    private func rule(_ number: Int) -> Rule {
        Rule { $0.images = [Rule.all(shape.repositoryNames[number])] }
    }

    @Test(
        "a layer that an earlier pass brought to another repository is mounted, not sent",
        arguments: [true, false])
    func mounts(remembers: Bool) async throws {
        let crossing = try Crossing(shape)
        let options = remembers ? ["--state", crossing.davit.file("memory/state.db")] : ["--state", "none"]
        try crossing.write(rule(0))
        #expect(try await crossing.davit.run(["reconcile", crossing.davit.manifests] + options).status == 0)
        try crossing.write(rule(1))
        let diff = try await crossing.davit.run(["diff", crossing.davit.manifests] + options)
        let told = "to mount (from lab/r001: an earlier pass brought it there)"
        #expect(diff.output.contains(told) == remembers, "\(diff.output)")
        #expect(
            diff.output.contains("where the registry refuses the 1 mount from earlier passes, 1.0 MiB")
                == remembers)
        crossing.reset()
        let pass = try await crossing.davit.run(["reconcile", crossing.davit.manifests] + options)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.to.counts.mounts == (remembers ? 1 : 0))
        #expect((crossing.to.counts.bytesUp < 100 << 10) == remembers)
        #expect((crossing.from.counts.bytesDown < 100 << 10) == remembers)
        #expect(try await crossing.differences(in: shape.repositoryNames[1]) == [])
    }

    @Test("a mount that the registry refuses becomes an upload in the session that it opened") func refused()
        async throws
    {
        let crossing = try Crossing(shape)
        try crossing.write(rule(0))
        #expect(try await crossing.davit("reconcile").status == 0)
        try crossing.write(rule(1))
        // The registry has lost what it had.
        let lost = try Crossing(shape)
        try lost.davit.write(rule(1).yaml(from: lost.from.host, to: lost.to.host))
        let state = crossing.davit.file("home/.local/state/davit/state.db")
        let move =
            "import sqlite3, sys; base = sqlite3.connect(sys.argv[1]);"
            + "base.execute('UPDATE place SET name = ?', sys.argv[2:]); base.commit()"
        #expect(try await Program("python3", ["-c", move, state, lost.to.host]).run().status == 0)
        let pass = try await lost.davit.run(["reconcile", lost.davit.manifests, "--state", state])
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(lost.to.counts.mounts == 0)
        // A list, a head; for each of three blobs one POST and one PUT; the tag.
        #expect(lost.to.counts.requests == 9, "\(lost.to.counts)")
        #expect(try await lost.differences(in: shape.repositoryNames[1]) == [])
    }

    @Test("a diff makes no file, and no home means no state and no complaint") func noFile() async throws {
        let crossing = try Crossing(shape)
        try crossing.write(rule(0))
        #expect(try await crossing.davit("diff").status == 2)
        #expect(!FileManager.default.fileExists(atPath: crossing.davit.file("home/.local")))
        var program = crossing.davit.program(["reconcile", crossing.davit.manifests, "--log-level", "debug"])
        program.environment?["HOME"] = nil
        let homeless = try await program.run(timeout: 60)
        #expect(homeless.status == 0, "\(homeless.errors)")
        #expect(
            homeless.errors.contains("nothing is remembered: neither XDG_STATE_HOME nor HOME names a folder"))
        program.environment?["XDG_STATE_HOME"] = crossing.davit.file("xdg")
        #expect(try await program.run(timeout: 60).status == 0)
        #expect(FileManager.default.fileExists(atPath: crossing.davit.file("xdg/davit/state.db")))
        #expect(try await crossing.davit.run(["diff", crossing.davit.manifests, "--state", ""]).status == 64)
    }

    @Test("whatever has become of its file, the pass does its work and says what was wrong")
    func damaged() async throws {
        let crossing = try Crossing(shape)
        try crossing.write(rule(0))
        // Under its own name: what lies elsewhere and is no state may be anybody's, and is left alone.
        let path = try crossing.davit.write("", at: "davit/state.db")
        for bytes in [Data("this is no database".utf8), Data(repeating: 0, count: 20_000)] {
            try bytes.write(to: URL(fileURLWithPath: path))
            let pass = try await crossing.davit.run(["reconcile", crossing.davit.manifests, "--state", path])
            #expect(pass.status == 0, "\(pass.errors)")
            #expect(
                pass.errors.contains(
                    "warning: the state file \(path) was damaged and is now \(path).damaged-"))
        }
        let folder = try await crossing.davit.run([
            "reconcile", crossing.davit.manifests, "--state", "/proc/1/state.db",
        ])
        #expect(folder.status == 0)
        #expect(folder.errors.contains("the state file /proc/1/state.db is not used"), "\(folder.errors)")
    }
}

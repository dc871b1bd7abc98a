import Foundation
import Lab

/// A counting proxy in a process of its own, so that its processor time is apart.
struct SideProxy {
    let endpoint: Endpoint
    private let program: RunningProgram
    private let out: TemporaryFolder

    init(to target: Endpoint, delay: Double) throws {
        out = try TemporaryFolder("counts")
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let words = [
            "count", "--to", "\(target)", "--delay-ms", "\(delay)", "--out", out.file("counts.json"),
        ]
        let started = try Program(own, words, holdsInput: true).start()
        program = started
        guard eventually(within: 10, { started.outputSoFar.hasSuffix("\n") || !started.isRunning }),
            let place = Endpoint(started.outputSoFar.split(separator: "\n").first.map { String($0) } ?? "")
        else { throw LabError("a proxy did not start: \(started.errorsSoFar)") }
        endpoint = place
    }

    var cpu: Double { ProcessFacts(program.pid)?.cpu ?? 0 }

    /// Stops it and says what it counted.
    func finish() throws -> Counts {
        program.signal(SIGTERM)
        let outcome = program.wait(timeout: 20)
        guard outcome.status == 0 else { throw LabError("a proxy failed: \(outcome.errors)") }
        return try JSONDecoder().decode(
            Counts.self, from: Data(contentsOf: URL(fileURLWithPath: out.file("counts.json"))))
    }
}

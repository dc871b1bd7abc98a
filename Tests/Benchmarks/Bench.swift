import Foundation
import Lab

/// Measures tools in turns on one workload, between two registries of its own.
struct Bench {
    let workload: Workload
    private let source: DockerRegistry
    private let destination: DockerRegistry
    private let before: DockerRegistry.Storage

    init(_ workload: Workload) throws {
        self.workload = workload
        source = try DockerRegistry()
        destination = try DockerRegistry()
        try Seeder(source.endpoint).push(workload.wanted)
        if let held = workload.held { try Seeder(destination.endpoint).push(held) }
        before = try workload.held == nil ? .empty : destination.snapshot()
    }

    /// Runs each tool so many times in turns, and once more each through proxies to count.
    func run(_ contenders: [Contender], pairs: Int, tell: (Run) -> Void) throws -> [Run] {
        var runs: [Run] = []
        for pair in 0..<pairs + 1 {
            for contender in pair.isMultiple(of: 2) ? contenders : contenders.reversed() {
                // Where requests are delayed, proxies stand there anyway, and they count.
                let counts = pair == pairs || workload.delay > 0
                if pair == pairs && workload.delay > 0 { continue }
                let run = try one(contender, counting: counts)
                tell(run)
                runs.append(run)
            }
        }
        return runs
    }

    private func one(_ contender: Contender, counting: Bool) throws -> Run {
        try prepare()
        let home = try TemporaryFolder("home")
        let proxies =
            counting
            ? try [source, destination].map { try SideProxy(to: $0.endpoint, delay: workload.delay) } : []
        let hosts = counting ? proxies.map { "\($0.endpoint)" } : [source.host, destination.host]
        let program = try contender.program(workload.wanted, from: hosts[0], to: hosts[1], home: home)
        sync()
        let before = (
            source.cpu, destination.cpu, proxies.reduce(0) { $0 + $1.cpu }, ProcessFacts.machineBusy
        )
        let outcome = try program.runHere(timeout: 1_200)
        let after = (source.cpu, destination.cpu, proxies.reduce(0) { $0 + $1.cpu }, ProcessFacts.machineBusy)
        let ours = outcome.cpu + after.0 - before.0 + after.1 - before.1 + after.2 - before.2
        let others = max(0, after.3 - before.3 - ours) / (outcome.wall * Double(ProcessFacts.processors))
        let counts = try proxies.map { try $0.finish() }
        let fault = try contender.name == "pipe" ? pipeFault(outcome) : self.fault(outcome)
        return Run(
            tool: contender.name, workload: workload.name, wall: outcome.wall, cpu: outcome.cpu,
            peakMemory: outcome.peakMemory, sourceCPU: after.0 - before.0, destinationCPU: after.1 - before.1,
            othersShare: others, source: counts.first, destination: counts.last, isVerified: fault == nil,
            fault: fault)
    }

    /// Empties the destination or lays the held state into it, and drops what skopeo remembers of blobs.
    private func prepare() throws {
        try destination.restart(with: before)
        for folder in ["/var/lib/containers/cache", NSHomeDirectory() + "/.local/share/containers/cache"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.hasPrefix("blob-info-cache") {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        }
    }

    /// What is wrong with a run that carried one blob and no image.
    private func pipeFault(_ outcome: Outcome) throws -> String? {
        guard outcome.status == 0 else { return "exit \(outcome.status): \(outcome.errors.suffix(600))" }
        let shape = workload.wanted
        let image = try ImageMaker(shape).image(shape.repositoryNames[0], shape.tagNames[0])
        let target = "/v2/\(image.repository)/blobs/\(image.blobs[0].digest)"
        let status = try RawClient(destination.endpoint).send("HEAD", target).status
        return status == 200 ? nil : "the blob is not there: \(status)"
    }

    /// What is wrong with a run: its exit code, or what the destination lacks.
    private func fault(_ outcome: Outcome) throws -> String? {
        guard outcome.status == 0 else { return "exit \(outcome.status): \(outcome.errors.suffix(600))" }
        let verifier = Verifier(source: source.endpoint, destination: destination.endpoint)
        let differences = try verifier.differences(workload.wanted)
        return differences.isEmpty ? nil : "\(differences.count) differences, first: \(differences[0])"
    }
}

import Foundation
import Lab

extension Commands {
    static func bench(_ words: [String]) throws {
        let arguments = try Arguments(
            words, names: ["davit", "workload", "pairs", "json", "only"], flags: ["markdown"])
        let chosen = try workloads(arguments["workload"] ?? "all")
        var all: [Run] = []
        var tables = Table.head
        for workload in chosen {
            let bench = try Bench(workload)
            let runs = try bench.run(
                Self.contenders(arguments, against: workload.rival), pairs: arguments.value("pairs", 5),
                tell: tell)
            all += runs
            tables += Table(workload: workload, runs: runs).lines
            if let file = arguments["json"] { try write(all, to: file) }
        }
        if arguments.has("markdown") { print(tables, terminator: "") }
        let failed = all.filter { !$0.isVerified }
        guard failed.isEmpty else { throw LabError("\(failed.count) of \(all.count) runs failed") }
    }

    private static func workloads(_ text: String) throws -> [Workload] {
        if text == "all" { return Workload.all }
        return try text.split(separator: ",").map { name in
            guard let found = Workload.all.first(where: { $0.name == name }) else {
                let known = Workload.all.map(\.name).joined(separator: ", ")
                throw Arguments.Mistake(description: "no workload '\(name)'; there are \(known)")
            }
            return found
        }
    }

    /// Both tools, or the one that `--only` names.
    private static func contenders(_ arguments: Arguments, against rival: Workload.Rival) throws
        -> [Contender]
    {
        let only = arguments["only"]
        var all: [Contender] = []
        if only != "skopeo" { all.append(.davit(path: try arguments.require("davit"))) }
        if only != "davit" { all.append(rival == .pipe ? .pipe : .skopeo) }
        return all
    }

    private static func tell(_ run: Run) {
        let figures = String(
            format: "wall %.2f s, cpu %.2f s, peak %.1f MiB, registries %.2f + %.2f s, others %.0f %%",
            run.wall, run.cpu, Double(run.peakMemory) / 1_048_576, run.sourceCPU, run.destinationCPU,
            run.othersShare * 100)
        let requests =
            run.source.map { ", \($0.requests) + \(run.destination?.requests ?? 0) requests" } ?? ""
        let name = run.tool.padding(toLength: 6, withPad: " ", startingAt: 0)
        let line =
            "\(run.workload) \(name) \(figures)\(requests)\(run.fault.map { ", FAILED: \($0)" } ?? "")\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    private static func write(_ runs: [Run], to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(runs).write(to: URL(fileURLWithPath: file))
    }
}

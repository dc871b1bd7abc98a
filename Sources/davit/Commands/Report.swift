import ArgumentParser
import Logging
import Reconcile

/// `davit report`
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work on the reports of passes.", subcommands: [ReportMerge.self])
}

/// `davit report merge`
struct ReportMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the reports of all shards together into one, with one exit code.",
        discussion: """
            A report that is missing or damaged is a fault (1); those that do not go together (other rules, another \
            number of shards, one shard twice, another version) are refused (65).
            """)

    /// All reports together, at most: about 250,000 images.
    static let mostBytes = 128 << 20

    @Argument(help: "What 'reconcile --shard' wrote with --report or --output json, a file for each shard.")
    var files: [String]

    @OptionGroup var output: OutputOptions

    func run() throws {
        let run = Run(output)
        var (join, faults, room, isRefused) = (ReportJoin(), [String](), Self.mostBytes, false)
        for path in files {
            do {
                let bytes = try InputFile.bytes(path, most: room, noun: "report")
                room -= bytes.count
                join.add(try ShardReport(path, reading: bytes))
            } catch ShardReport.Fault.version(let version) {
                run.console.logger.error(
                    "\(path): the report is of version \(version), and this davit reads version \(ReportDocument.version)"
                )
                isRefused = true
            } catch ShardReport.Fault.broken(let why) {
                faults.append("\(path): \(why)")
            } catch let error as InputFileError {
                faults.append(error.description)
                isRefused = isRefused || error.isTooLarge
            }
        }
        for line in join.contradictions { run.console.logger.error("\(line)") }
        guard let merged = join.merged, !isRefused, join.contradictions.isEmpty else {
            for fault in faults { run.console.logger.error("\(fault)") }
            run.console.note("no report was put together", .error)
            throw ExitCode(isRefused || !join.contradictions.isEmpty ? 65 : 1)
        }
        try tell(join.report(faults), merged, run)
    }

    private func tell(_ report: PassReport, _ merged: MergedShards, _ run: Run) throws {
        run.tell(
            faults: report.faults + (report.refusals ?? []), warnings: report.warnings,
            collisions: report.collisions)
        if output.output == .json {
            try run.console.print(JSONOutput.document(ReportDocument(report, merged: merged)))
        } else if !output.quiet || report.exitCode != 0 {
            try run.console.print(ReportText(report: report, console: run.console, merged: merged).text)
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}

import ArgumentParser
import FoundationEssentials
import HTTP
import Logging
import Plan
import Reconcile
import State

/// `davit reconcile`
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Copy what is missing, once; what is in sync is left alone.",
        discussion:
            "SIGTERM and SIGINT let the images in flight end, for 25 seconds at most; a second one does not.")

    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var state: StateOptions

    @Flag(name: .customLong("dry-run"), help: "Show what would be done, as diff does, and write nothing.")
    var isDryRun = false

    @Option(help: "With --dry-run: how deep to look for the cost: none, estimate or exact.")
    var cost: CostDepth?

    @Option(
        help: ArgumentHelp("Write every image's result, cause, bytes and time as JSON.", valueName: "file"))
    var report: String?

    func validate() throws {
        guard cost == nil || isDryRun else { throw ValidationError("--cost goes with --dry-run") }
        guard report == nil || !isDryRun else {
            throw ValidationError("--report tells what was done; with --dry-run use --output json")
        }
    }

    func run() async throws {
        if isDryRun { return try await Diff.run(manifests, output, state, cost ?? .estimate) }
        let run = Run(output)
        let desired = try run.load(manifests)
        let file = try report.map { try ReportFile($0) }
        defer { file?.discard() }
        let wiring = try Wiring(environment: run.environment, logger: run.console.logger)
        let progress = Progress(run.console)
        let places = try wiring.places(for: desired)
        var options = Pass.Options()
        options.store = run.openStore(state, .remember)
        let pass = Pass(desired, places: places, options: options) { progress.tell($0) }
        let (begun, date) = (ContinuousClock.now, Date.now)
        var report = await Signals.draining(run.console.logger) { await pass.reconcile(stop: $0) }
        await options.store?.close()
        report.seconds = (ContinuousClock.now - begun).inSeconds
        report.startedAt = date.formatted(.iso8601)
        report.requests = await wiring.meter.requests
        run.tell(faults: report.faults, warnings: report.warnings, collisions: report.collisions)
        let isReported = write(report, to: file, run.console)
        if output.output == .json {
            try run.console.print(JSONOutput.document(ReportDocument(report)))
        } else if !output.quiet || report.exitCode != 0 {
            try run.console.print(ReportText(report: report, console: run.console).text)
        }
        if report.exitCode != 0 || !isReported { throw ExitCode(report.exitCode == 0 ? 1 : report.exitCode) }
    }

    /// Writes the report; false when that failed, which is told. What was done is still printed then.
    private func write(_ report: PassReport, to file: ReportFile?, _ console: Console) -> Bool {
        do throws(ReportError) { try file?.write(JSONOutput.document(ReportDocument(report))) } catch {
            console.logger.error("\(error)")
            return false
        }
        return true
    }
}

/// A report as JSON, with its sums.
struct ReportDocument: Encodable {
    let version = 1
    var pass: PassReport
    var counts: [String: Int]
    var bytes: Int64
    var exitCode: Int32

    init(_ report: PassReport) {
        pass = report
        counts = Dictionary(
            uniqueKeysWithValues: ImageOutcome.Result.allCases.map { ($0.rawValue, report.count($0)) })
        bytes = report.bytes
        exitCode = report.exitCode
    }
}

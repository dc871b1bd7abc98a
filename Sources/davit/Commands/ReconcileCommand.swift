import ArgumentParser
import Desired
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
    @OptionGroup var look: LookOptions
    @OptionGroup var part: ShardOptions

    @Flag(name: .customLong("dry-run"), help: "Show what would be done, as diff does, and write nothing.")
    var isDryRun = false

    @Option(help: "With --dry-run: how deep to look for the cost: none, estimate or exact.")
    var cost: CostDepth?

    @Option(
        help: ArgumentHelp("Write every image's result, cause, bytes and time as JSON.", valueName: "file"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Do what a plan says that 'davit diff --save' wrote, and nothing else.", valueName: "file"))
    var plan: String?

    @Flag(help: "With --plan: leave out what does not fit any more, instead of refusing the whole plan.")
    var skipStale = false

    @Flag(help: "With --plan: refuse images whose source tag was moved since the plan was made.")
    var strictSource = false

    func validate() throws {
        if plan != nil {
            guard manifests.rules.isEmpty else {
                throw ValidationError(
                    "--rule goes with 'davit diff --save': a plan knows the rules it was made for")
            }
            guard !look.isDeep else {
                throw ValidationError("--deep goes with 'davit diff --save': a plan knows what was looked at")
            }
            guard cost == nil else { throw ValidationError("--cost says nothing of a plan, which is exact") }
        } else if skipStale || strictSource {
            throw ValidationError("\(skipStale ? "--skip-stale" : "--strict-source") goes with --plan")
        }
        guard cost == nil || isDryRun else { throw ValidationError("--cost goes with --dry-run") }
        guard report == nil || !isDryRun else {
            throw ValidationError("--report tells what was done; with --dry-run use --output json")
        }
    }

    func run() async throws {
        if isDryRun, plan == nil {
            let asked = Diff.Asked(
                manifests: manifests, output: output, state: state, look: look, shard: part.shard)
            return try await Diff.run(asked, cost ?? .estimate)
        }
        let run = Run(output)
        let loaded = try run.load(manifests)
        let file = try report.map { try ResultFile($0, for: "report") }
        defer { file?.discard() }
        var options = Pass.Options()
        options.store = isDryRun ? nil : run.openStore(state, .remember, part.shard)
        options.deep = look.isDeep
        options.shard = part.shard
        options.sweepsUploads = manifests.rules.isEmpty
        var wiring = try Wiring(environment: run.environment, logger: run.console.logger)
        let (desired, unopened) = await wiring.resolved(loaded)
        let uploads = options.store.map { StoredUploads($0) }
        wiring.journal = uploads
        let (progress, live) = (Progress(run.console), LiveView(run.console, wiring.meter.traffic))
        let lists = await ImageLists.read(desired, wiring, unopened)
        let places = try wiring.places(for: lists.state.limited(to: part.shard))
        let saved = try plan.map { try run.read(plan: $0, for: lists, part.shard, places) }
        let asked = saved?.state ?? desired
        if isDryRun, let saved {
            let pass = Pass(asked.limited(to: part.shard), places: places, options: options)
            return try await preview(saved.plan, pass, run, wiring)
        }
        let records = await Records(asked, wiring, part: part.shard?.title)
        options.refusal = { await records.refusal(of: $0) }
        let runnable = saved?.state ?? records.allowed(lists.state)
        if runnable.rules.count < asked.rules.count { options.sweepsUploads = false }
        let pass = Pass(runnable.limited(to: part.shard), places: places, options: options) { event in
            progress.tell(event)
            live.tell(event)
            records.tell(event)
        }
        let (begun, date) = (ContinuousClock.now, Date.now)
        let work: @Sendable () async -> PassReport = { [applying] in
            await Signals.draining(run.console.logger) { stop in
                if let saved { return await pass.apply(saved.plan, applying, stop: stop) }
                return await pass.reconcile(stop: stop)
            }
        }
        var report = await live.during {
            await records.during {
                if let uploads { await uploads.during(work) } else { await work() }
            }
        }
        await options.store?.close()
        report.seconds = (ContinuousClock.now - begun).inSeconds
        report.startedAt = date.formatted(.iso8601)
        report.requests = await wiring.meter.requests
        // It goes through all that the rules are made of, for programs that join reports.
        if self.report != nil || output.output == .json {
            (report.fingerprint, report.rules) = (asked.fingerprint, asked.rules.map(\.name))
        }
        lists.tell(&report)
        await records.notify(report)
        try show(report, file, run, told: run.console.isOnePlace ? progress.told : [])
    }

    /// Prints and writes a report, and ends the command with its exit code, or with 1 where it could not be written.
    private func show(_ report: PassReport, _ file: ResultFile?, _ run: Run, told: Set<String>) throws {
        run.tell(
            faults: report.faults + (report.refusals ?? []), warnings: report.warnings,
            collisions: report.collisions)
        let isReported = write(report, to: file, run.console)
        if output.output == .json {
            try run.console.print(JSONOutput.document(ReportDocument(report)))
        } else if !output.quiet || report.exitCode != 0 {
            try run.console.print(ReportText(report: report, console: run.console, told: told).text)
        }
        if report.exitCode != 0 || !isReported { throw ExitCode(report.exitCode == 0 ? 1 : report.exitCode) }
    }

    private var applying: Pass.Applying {
        var applying = Pass.Applying()
        applying.skipsStale = skipStale
        applying.isStrict = strictSource
        return applying
    }

    /// Shows what applying a plan would do now.
    private func preview(_ saved: SavedPlan, _ pass: Pass, _ run: Run, _ wiring: Wiring) async throws {
        try Diff.show(await pass.preview(saved, applying), [], run, output, await wiring.meter.requests)
    }

    /// Writes the report; false when that failed, which is told. What was done is still printed then.
    private func write(_ report: PassReport, to file: ResultFile?, _ console: Console) -> Bool {
        guard let file else { return true }
        do throws(ResultFileError) {
            try file.append(Array((JSONOutput.document(ReportDocument(report)) + "\n").utf8))
            try file.commit()
        } catch {
            console.logger.error("\(error)")
            return false
        }
        return true
    }
}

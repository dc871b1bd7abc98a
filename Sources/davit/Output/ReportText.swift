import Desired
import OCI
import Reconcile

/// What a pass did, as a person reads it.
struct ReportText {
    let report: PassReport
    let console: Console
    /// Images that need no line, since the reader has one already.
    var told: Set<String> = []

    /// Of what the report was put together, where it was.
    var merged: MergedShards?

    /// What failed, was refused or is missing, a line each, then the sums.
    var text: String {
        let notable = report.images.filter { !Self.isGood($0.result) && $0.result != .skipped }
        let alone = notable.filter { !$0.isOneOfMany && !told.contains($0.destination) }
        return (shardLines + alone.map(line) + together(notable.filter(\.isOneOfMany)) + [sums]).joined(
            separator: "\n")
    }

    private var shardLines: [String] {
        (merged?.title ?? report.shard?.title).map { [console.paint($0, .bold)] } ?? []
    }

    private func line(_ outcome: ImageOutcome) -> String {
        var digests = ""
        if outcome.result == .blocked, let held = outcome.held, let wanted = outcome.wanted {
            digests = "  \(held.short) -> \(wanted.short)"
        }
        let known = outcome.acknowledged ? " (acknowledged)" : ""
        return sign(outcome) + " \(outcome.destination)\(digests)  \(outcome.reason)\(known)".harmless
    }

    /// Many images of one cause are one line, with the first of them.
    private func together(_ outcomes: [ImageOutcome]) -> [String] {
        inOrder(outcomes, by: { ($0.cause?.place ?? "") + $0.result.rawValue }).map { group in
            guard group.count > 1 else { return line(group[0]) }
            let more = Amount.of(group.count - 1, "other image")
            return sign(group[0]) + " \(group[0].destination) and \(more)  \(group[0].reason)".harmless
        }
    }

    private static func isGood(_ result: ImageOutcome.Result) -> Bool {
        [.copied, .updated, .repaired, .inSync].contains(result)
    }

    private func sign(_ outcome: ImageOutcome) -> String {
        switch outcome.result {
        case .blocked: console.paint("! blocked", .yellow)
        case .stale: console.paint("! stale", .yellow)
        case .missing: console.paint("? missing", .red)
        case .deferred: console.paint("> deferred", .yellow)
        case .cancelled: console.paint("x cancelled", .red)
        default: console.paint("x failed", .red)
        }
    }

    /// What is said where there is no image.
    static func nothing(for shard: Shard?) -> String {
        shard == nil ? "nothing is selected" : "nothing that is selected is this shard's"
    }

    private var nothing: String {
        report.refusals == nil ? Self.nothing(for: report.shard) : "nothing was looked at"
    }

    private var sums: String {
        let counts = ImageOutcome.Result.allCases.map { ($0, report.count($0)) }.filter { $0.1 > 0 }
        let said = counts.map { "\($0.1) \($0.0 == .inSync ? "in sync" : $0.0.rawValue)" }.joined(
            separator: ", ")
        let uploads = report.images.reduce(0) { $0 + $1.uploads }
        let mounts = report.images.reduce(0) { $0 + $1.mounts }
        let requests = report.requests.values.reduce(0, +)
        let verdict =
            switch report.exitCode {
            case 0: "converged"
            case 3: report.count(.skipped) > 0 || report.images.isEmpty ? "refused" : "refused in part"
            case 2: "deferred in part"
            case 65: "not begun"
            case _ where report.interrupted: "interrupted"
            case _ where !report.images.contains(where: { Self.isGood($0.result) }): "failed"
            default: "failed in part"
            }
        return console.paint("\(verdict): \(said.isEmpty ? nothing : said)", .bold)
            + "\nsent: \(Amount.of(uploads, "blob")), \(Amount.bytes(report.bytes)) with manifests; mounted: \(Amount.of(mounts, "blob"))"
            + "; \(Amount.of(requests, "request")) in \(Amount.seconds(report.seconds))"
    }
}

extension Shard {
    /// How results begin that are a part's alone.
    var title: String { "shard \(self) by \(key)" }
}

import Desired
import FoundationEssentials
import Reconcile
import Registry

/// What a pass has to say to a topic.
struct NoticeText: Hashable {
    var subject: String
    var message: String

    /// So many failed images are told one by one.
    static let most = 50
    private static let mostFaults = 20

    /// The messages of one notification about a pass.
    ///
    /// - Parameters:
    ///   - report: of the notification's rules alone.
    static func messages(
        for notification: Desired.Notification, _ report: PassReport, _ state: DesiredState, execution: String
    ) -> [NoticeText] {
        let hasFailed = ![0, 2].contains(report.exitCode)
        guard hasFailed || notification.when.contains(.completed) else { return [] }
        switch notification.sns.format {
        case .davit: return [davit(report, state, execution, hasFailed)]
        case .seed: return seed(report, state, execution, hasFailed)
        }
    }

    // MARK: - davit's own form

    private struct Document: Encodable {
        struct Failure: Encodable {
            var rule: String
            var source: String
            var image: String
            var result: String
            var cause: String?
            var reason: String
        }

        let version = 1
        var event: String
        var execution: String
        var startedAt: String
        var seconds: Double
        var exitCode: Int32
        var rules: [String]
        var counts: [String: Int]
        var bytes: Int64
        var faults: [String]
        var failures: [Failure]
        /// Faults and failures beyond those.
        var more: Int
    }

    private static func davit(
        _ report: PassReport, _ state: DesiredState, _ execution: String, _ hasFailed: Bool
    ) -> NoticeText {
        let faults = report.told
        let bad = report.images.filter(\.isBad)
        let counts = ImageOutcome.Result.allCases.map { ($0.rawValue, report.count($0)) }.filter { $0.1 > 0 }
        let document = Document(
            event: hasFailed ? "failed" : "completed", execution: execution, startedAt: report.startedAt,
            seconds: report.seconds, exitCode: report.exitCode, rules: state.rules.map(\.name),
            counts: Dictionary(uniqueKeysWithValues: counts), bytes: report.bytes,
            faults: faults.prefix(mostFaults).map { $0.printable(atMost: 500) },
            failures: bad.prefix(most).map { outcome in
                Document.Failure(
                    rule: outcome.rule, source: outcome.source, image: outcome.destination,
                    result: outcome.result.rawValue, cause: outcome.cause?.kind,
                    reason: outcome.reason.printable(atMost: 300))
            }, more: max(0, bad.count - most) + max(0, faults.count - mostFaults))
        return NoticeText(
            subject: subject(report, hasFailed, bad.count), message: JSONOutput.document(document))
    }

    private static func subject(_ report: PassReport, _ hasFailed: Bool, _ bad: Int) -> String {
        let all = Amount.of(report.images.count, "image")
        guard hasFailed else { return "davit: in order, \(all)" }
        guard bad == 0 else { return "davit: \(bad) of \(all) failed" }
        return "davit: " + (report.told.first ?? "the pass failed")
    }

    // MARK: - The Data Replication Hub's form

    private struct Seed: Encodable {
        var error: String
        var execution: String
        var image = ""
        var tag = ""
        var multiArchOption: String?
    }

    /// One message a failed image, since that is what filters of old take apart; of more than some, one for the rest.
    private static func seed(
        _ report: PassReport, _ state: DesiredState, _ execution: String, _ hasFailed: Bool
    ) -> [NoticeText] {
        guard hasFailed else {
            return [text("Completed", Seed(error: "", execution: execution))]
        }
        let faults = report.told.prefix(mostFaults).map { fault in
            text(
                "Failed to list images",
                Seed(error: "Failed to list images: \(fault.printable(atMost: 500))", execution: execution))
        }
        let bad = report.images.filter(\.isBad)
        let images = bad.prefix(most).map { outcome in
            let rule = state.rules.first { $0.name == outcome.rule }
            let place = ImagePlace(outcome.destination, at: rule.map(state.places) ?? [])
            return text(
                "Failed to copy image",
                Seed(
                    error: "Failed to copy image", execution: execution, image: place?.repository ?? "",
                    tag: place?.tag ?? "", multiArchOption: outcome.multiArchOption(rule)))
        }
        let rest = bad.count - most
        guard rest > 0 else { return faults + images }
        let last = Seed(error: "Failed to copy \(rest) more images", execution: execution)
        return faults + images + [text("Failed to copy images", last)]
    }

    private static func text(_ subject: String, _ document: Seed) -> NoticeText {
        NoticeText(subject: subject, message: JSONOutput.line(document))
    }
}

extension PassReport {
    /// What went wrong beside images.
    var told: [String] { collisions + faults + (refusals ?? []) }

    /// The part of it that some rules have to do with; what names no rule stays.
    func only(_ rules: [String], of state: DesiredState) -> PassReport {
        let others = state.rules.map(\.name).filter { !rules.contains($0) }
        func stays(_ line: String) -> Bool { !others.contains { line.hasPrefix("rule \($0): ") } }
        var report = self
        report.images = images.filter { rules.contains($0.rule) }
        report.faults = faults.filter(stays)
        report.warnings = warnings.filter(stays)
        let left = (refusals ?? []).filter(stays)
        report.refusals = left.isEmpty ? nil : left
        return report
    }
}

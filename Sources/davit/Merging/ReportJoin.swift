import Desired
import FoundationEssentials
import Reconcile

/// Puts the reports of shards together.
struct ReportJoin {
    private(set) var reports: [ShardReport] = []

    /// What does not go together, one line for each file; with any of them there is no joint report.
    private(set) var contradictions: [String] = []

    /// Takes a report in, or notes why it does not go with those before it.
    mutating func add(_ report: ShardReport) {
        guard let first = reports.first else { return reports.append(report) }
        if report.count != first.count || report.key != first.key {
            note(
                report, "it is of \(report.count) shards by \(report.key)",
                "\(first.path) is of \(first.count) by \(first.key)")
        } else if report.pass.fingerprint != first.pass.fingerprint || report.pass.rules != first.pass.rules {
            note(report, "its rules are not those of \(first.path)", "all shards run the same manifests")
        } else if let same = reports.first(where: { $0.index == report.index }) {
            note(report, "it is of shard \(report.index)/\(report.count)", "\(same.path) is of the same")
        } else {
            reports.append(report)
        }
    }

    private mutating func note(_ report: ShardReport, _ what: String, _ against: String) {
        contradictions.append("\(report.path): \(what), and \(against)")
    }

    /// Of what the joint report is put together; `nil`: of nothing.
    var merged: MergedShards? {
        guard let first = reports.first else { return nil }
        return MergedShards(shards: reports.map(\.index).sorted(), of: first.count, by: first.key)
    }

    /// One report, as if one pass had done it all; what lacks one is a fault.
    ///
    /// - Parameter faults: what else is amiss.
    func report(_ faults: [String]) -> PassReport {
        var whole = PassReport()
        let parts = reports.sorted { $0.index < $1.index }.map(\.pass)
        (whole.fingerprint, whole.rules) = (parts.first?.fingerprint, parts.first?.rules)
        whole.images = inOrder(parts.flatMap(\.images), whole.rules ?? [])
        whole.faults = Self.once(parts.flatMap(\.faults)) + faults + missing
        whole.warnings = Self.once(parts.flatMap(\.warnings))
        let refusals = Self.once(parts.flatMap { $0.refusals ?? [] })
        whole.refusals = refusals.isEmpty ? nil : refusals
        whole.collisions = Self.once(parts.flatMap(\.collisions))
        whole.interrupted = parts.contains(where: \.interrupted)
        whole.lookRequests = parts.reduce(0) { $0 + $1.lookRequests }
        for part in parts { whole.requests.merge(part.requests) { $0 + $1 } }
        (whole.startedAt, whole.seconds) = Self.span(parts)
        return whole
    }

    private var missing: [String] {
        guard let count = reports.first?.count else { return [] }
        let held = Set(reports.map(\.index))
        return (0..<count).filter { !held.contains($0) }.map {
            "shard \($0)/\(count): there is no report of it"
        }
    }

    /// What several shards say is said once.
    private static func once(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }
    }

    /// The order of one pass: by rule, repository and tag.
    private func inOrder(_ images: [ImageOutcome], _ rules: [String]) -> [ImageOutcome] {
        let places = Dictionary(
            rules.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let keyed = images.map { image in
            let colon = image.destination.lastIndex(of: ":") ?? image.destination.endIndex
            return (
                image: image, rule: places[image.rule] ?? rules.count,
                repository: image.destination[..<colon], tag: String(image.destination[colon...])
            )
        }
        return keyed.sorted { left, right in
            guard left.rule == right.rule else { return left.rule < right.rule }
            guard left.repository == right.repository else { return left.repository < right.repository }
            return naturallyPrecedes(left.tag, right.tag)
        }.map(\.image)
    }

    /// From the first beginning to the last end.
    private static func span(_ passes: [PassReport]) -> (startedAt: String, seconds: Double) {
        let times = passes.compactMap { pass in
            (try? Date(pass.startedAt, strategy: .iso8601)).map { (pass.startedAt, $0, $0 + pass.seconds) }
        }
        guard let first = times.min(by: { $0.1 < $1.1 }), let end = times.map(\.2).max() else {
            return (passes.first?.startedAt ?? "", passes.map(\.seconds).max() ?? 0)
        }
        return (first.0, end.timeIntervalSince(first.1))
    }
}

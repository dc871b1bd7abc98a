import Foundation
import Lab

/// The runs of one workload, as a table that the README shows.
struct Table {
    let workload: Workload
    let runs: [Run]

    static let head = """
        | workload | figure | davit | skopeo 1.9.3 | ratio | target |
        |---|---|---|---|---|---|

        """

    /// The lines of this workload.
    var lines: String {
        let target = workload.target
        var text = row("wall, s", timed(\.wall), target: "ratio <= \(plain(target.wall))", title: true)
        text += row("own CPU, s", timed(\.cpu), target: target.cpu.map { "ratio <= \(plain($0))" } ?? "–")
        text += row(
            "peak memory, MiB", timed { Double($0.peakMemory) / 1_048_576 }, target: "<= 48", digits: 1)
        text += row("registries' CPU, s", timed { $0.sourceCPU + $0.destinationCPU }, target: "–")
        text += row("others' share, %", timed { $0.othersShare * 100 }, target: "–", digits: 0, ratio: false)
        text += row(
            "requests (source + destination)",
            counted { ($0.source?.requests ?? 0) + ($0.destination?.requests ?? 0) },
            target: target.requests.map { "<= \($0)" } ?? "–", digits: 0)
        text += row(
            "body bytes from source", counted { $0.source?.bytesDown ?? 0 }, target: "–", digits: 0)
        return text
            + row(
                "body bytes to destination", counted { $0.destination?.bytesUp ?? 0 },
                target: target.bytesSent.map { "<= \($0)" } ?? "–", digits: 0)
    }

    private typealias Pick = (String) -> [Double]

    /// Figures of the runs that were timed: those without proxies, where there are such.
    private func timed(_ figure: @escaping (Run) -> Double) -> Pick {
        { tool in
            runs.filter { $0.isVerified && $0.tool == tool && ($0.source == nil || workload.delay > 0) }.map(
                figure)
        }
    }

    private func counted(_ figure: @escaping (Run) -> Int) -> Pick {
        { tool in
            runs.filter { $0.isVerified && $0.tool == tool && $0.source != nil }.map { Double(figure($0)) }
        }
    }

    private func row(
        _ name: String, _ pick: Pick, target: String, digits: Int = 2, title: Bool = false, ratio: Bool = true
    ) -> String {
        let rival = workload.rival.rawValue
        let (ours, theirs) = (Spread(pick("davit")), Spread(pick(rival)))
        let compares = ratio && theirs.median > 0 && !pick("davit").isEmpty
        let part =
            compares ? plain(ours.median / theirs.median, ours.median / theirs.median < 0.1 ? 3 : 2) : "–"
        let label = title ? "**\(workload.name)** \(workload.about)" : ""
        let cells = [pick("davit"), pick(rival)].map { cell($0, digits) }
        return "| \(label) | \(name) | \(cells[0]) | \(cells[1]) | \(part) | \(target) |\n"
    }

    /// The median, with the ends where they differ from it.
    private func cell(_ values: [Double], _ digits: Int) -> String {
        guard !values.isEmpty else { return "–" }
        let spread = Spread(values)
        let ends = (plain(spread.least, digits), plain(spread.most, digits))
        let middle = plain(spread.median, digits)
        return ends.0 == ends.1 ? middle : "\(middle) (\(ends.0)..\(ends.1))"
    }

    private func plain(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
}

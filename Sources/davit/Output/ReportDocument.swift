import Desired
import Reconcile

/// A report as JSON, with its sums.
struct ReportDocument: Codable, Equatable {
    /// The version of the form that is written here.
    static let version = 1

    var version = Self.version
    /// Of what it was put together, where it was.
    var merged: MergedShards?
    var pass: PassReport
    var counts: [String: Int]
    var bytes: Int64
    var exitCode: Int32

    init(_ report: PassReport, merged: MergedShards? = nil) {
        self.merged = merged
        pass = report
        counts = Dictionary(
            uniqueKeysWithValues: ImageOutcome.Result.allCases.map { ($0.rawValue, report.count($0)) })
        bytes = report.bytes
        exitCode = report.exitCode
    }
}

/// The shards whose reports were put together.
struct MergedShards: Codable, Equatable {
    /// Those whose report was there, in order.
    var shards: [Int]
    /// How many there are.
    var of: Int
    /// What decided to which an image falls.
    var by: String

    /// How the text begins.
    var title: String {
        let count = shards.count == of ? "\(of)" : "\(shards.count) of \(of)"
        return "\(count) \(of == 1 ? "shard" : "shards") by \(by)"
    }
}

import Foundation
import Lab

/// What one run of one tool cost.
struct Run: Codable, Sendable {
    let tool: String
    let workload: String
    let wall: Double
    let cpu: Double
    let peakMemory: Int
    let sourceCPU: Double
    let destinationCPU: Double
    /// The part of all processors' time that neither the tool nor the registries (nor our proxies) used.
    let othersShare: Double
    /// What the proxy before the source counted; nil for a run without proxies.
    let source: Counts?
    /// What the proxy before the destination counted.
    let destination: Counts?
    let isVerified: Bool
    let fault: String?
}

/// The middle of some figures, with the ends.
struct Spread: Sendable {
    let median: Double
    let least: Double
    let most: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        least = sorted.first ?? 0
        most = sorted.last ?? 0
        if sorted.isEmpty {
            median = 0
        } else {
            median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
    }
}

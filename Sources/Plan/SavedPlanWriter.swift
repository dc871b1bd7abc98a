import FoundationEssentials
import OCI

/// Writes a plan down, line by line; where the bytes go is for others to say.
public struct SavedPlanWriter {
    private var chain = SavedPlan.Chain()
    private var images = 0
    private let encoder: JSONEncoder

    /// Begins a plan.
    public init() {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// The first line.
    public mutating func begin(_ header: SavedPlan.Header) throws -> [UInt8] {
        try line(SavedPlan.Line(davitPlan: header))
    }

    /// The line of one image.
    public mutating func add(_ record: SavedPlan.Record) throws -> [UInt8] {
        images += 1
        return try line(SavedPlan.Line(image: record))
    }

    /// The last two lines.
    public mutating func end(faults: [String], warnings: [String]) throws -> [UInt8] {
        let summary = SavedPlan.Summary(images: images, faults: faults, warnings: warnings)
        let line = try line(SavedPlan.Line(summary: summary))
        return try line + self.line(SavedPlan.Line(digest: chain.digest))
    }

    private mutating func line(_ line: SavedPlan.Line) throws -> [UInt8] {
        let bytes = [UInt8](try encoder.encode(line)) + [UInt8(ascii: "\n")]
        chain.add(bytes)
        return bytes
    }
}

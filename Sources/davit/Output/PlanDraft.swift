import Plan

/// Writes a plan to a file while it is made. A failure is kept until the end, when it is told.
actor PlanDraft {
    private nonisolated let file: ResultFile
    private var writer = SavedPlanWriter()
    private var bytes: [UInt8] = []
    private var failure: (any Error)?

    /// What is gathered before it is written.
    private static let piece = 256 << 10

    /// Only who runs davit may read a plan: it tells what is in private images, though no secret.
    init(_ path: String) throws { file = try ResultFile(path, for: "plan", mode: 0o600) }

    /// Writes what the plan is made for.
    func begin(_ header: SavedPlan.Header) { attempt { try writer.begin(header) } }

    /// Writes an image.
    func add(_ record: SavedPlan.Record) { attempt { try writer.add(record) } }

    /// Writes the end and puts the file in its place.
    func end(_ plan: PassPlan) throws {
        attempt { try writer.end(faults: plan.faults, warnings: plan.warnings) }
        if let failure { throw failure }
        try file.append(bytes)
        try file.commit()
    }

    /// Takes the draft away, where nothing came of it.
    nonisolated func discard() { file.discard() }

    private func attempt(_ make: () throws -> [UInt8]) {
        guard failure == nil else { return }
        do {
            bytes += try make()
            guard bytes.count >= Self.piece else { return }
            try file.append(bytes)
            bytes.removeAll(keepingCapacity: bytes.count < 2 * Self.piece)
        } catch { failure = error }
    }
}

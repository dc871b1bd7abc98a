import Plan
import Reconcile

/// How far a pass is, as its events tell.
struct PassTally: Sendable {
    /// How many images there are; `nil` while the sources are still being listed.
    private(set) var images: Int?
    /// Images that have come to their end.
    private(set) var ended = 0
    /// Of these, those that failed.
    private(set) var failed = 0
    /// Bytes of blobs that the images planned so far bring.
    private(set) var planned: Int64 = 0
    /// Images that are being copied, by their names at the destination, in the order in which they began.
    private(set) var copying: [String] = []
    /// Images that were planned and have not ended.
    private var open: Set<String> = []
    private var looked = 0

    /// True once it is known of every image whether and what it brings.
    var knowsAll: Bool { images.map { looked >= $0 } ?? false }

    /// Takes one event in.
    mutating func take(_ event: PassEvent) {
        switch event {
        case .selected(let images): self.images = images
        case .planned(let image):
            guard open.insert(image.destination).inserted else { return }
            looked += 1
            for step in image.steps where step.action == .upload {
                let (sum, isTooLarge) = planned.addingReportingOverflow(step.size)
                planned = isTooLarge ? .max : sum
            }
        case .copying(let image): copying.append(image.destination)
        case .postponed(let outcome): copying.removeAll { $0 == outcome.destination }
        case .ended(let outcome):
            ended += 1
            if outcome.result == .failed { failed += 1 }
            copying.removeAll { $0 == outcome.destination }
            if open.remove(outcome.destination) == nil { looked += 1 }
        case .retrying, .relisting, .waiting: break
        }
    }
}

import Logging
import Plan
import Reconcile

/// What happens in a pass, one line an event.
struct Progress: Sendable {
    private let logger: Logger

    init(_ console: Console) { logger = console.logger }

    /// Tells one event; what is in sync goes without saying.
    func tell(_ event: PassEvent) {
        switch event {
        case .copying(let image):
            logger.debug("copying", metadata: ["image": "\(image.destination)", "reason": "\(image.reason)"])
        case .ended(let outcome):
            tell(outcome)
        case .postponed(let outcome):
            logger.warning("failed for now \(outcome.destination): \(outcome.reason)")
        case .retrying(let images, let round):
            logger.warning("trying \(Amount.of(images, "image")) again, round \(round)")
        }
    }

    private func tell(_ outcome: ImageOutcome) {
        switch outcome.result {
        case .copied, .updated, .repaired:
            let moved =
                "\(Amount.of(outcome.uploads, "blob")) sent, \(outcome.mounts) mounted, \(Amount.bytes(outcome.bytes))"
            logger.info(
                "\(outcome.result.rawValue) \(outcome.destination): \(moved) in \(Amount.seconds(outcome.seconds))"
            )
        case .inSync where outcome.unfollowed != nil:
            logger.info("in sync \(outcome.destination): \(outcome.reason)")
        case .inSync:
            logger.debug("in sync \(outcome.destination)")
        case .blocked where outcome.acknowledged:
            logger.info("blocked \(outcome.destination): \(outcome.reason) (acknowledged)")
        case .skipped:
            logger.debug("skipped \(outcome.destination)")
        case .blocked, .stale, .missing, .cancelled:
            logger.warning("\(outcome.result.rawValue) \(outcome.destination): \(outcome.reason)")
        case .failed:
            logger.error("failed \(outcome.destination): \(outcome.reason)")
        }
    }
}

import Logging
import Plan
import Reconcile
import Synchronization

/// What happens in a pass, one line an event.
final class Progress: Sendable {
    private let logger: Logger
    private let notes = Mutex<Set<String>>([])

    init(_ console: Console) { logger = console.logger }

    /// The images, by their names at the destination, of which it was told that they did not come to a good end.
    var told: Set<String> { notes.withLock { $0 } }

    /// Tells one event; what is in sync goes without saying.
    func tell(_ event: PassEvent) {
        switch event {
        case .selected, .planned: break
        case .copying(let image):
            logger.debug("copying", metadata: ["image": "\(image.destination)", "reason": "\(image.reason)"])
        case .ended(let outcome):
            tell(outcome)
        case .postponed(let outcome) where outcome.isStranded:
            logger.debug("postponed \(outcome.destination): \(outcome.reason)")
        case .postponed(let outcome):
            logger.warning("failed for now \(outcome.destination): \(outcome.reason)")
        case .retrying(let images, let round):
            logger.warning("trying \(Amount.of(images, "image")) again, round \(round)")
        case .relisting(let rules, _):
            logger.warning("listing the sources of \(Amount.of(rules, "rule")) again")
        case .waiting(let place, let images, let again):
            logger.warning(
                "\(place) is down: \(Amount.of(images, "image")) wait for it; it is asked again in \(again.components.seconds) s"
            )
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
        case .skipped:
            logger.debug("skipped \(outcome.destination)")
        case .failed where outcome.isOneOfMany, .deferred:
            logger.debug("\(outcome.result.rawValue) \(outcome.destination): \(outcome.reason)")
        case .blocked where outcome.acknowledged: tell(outcome, .info)
        case .blocked, .stale, .missing, .cancelled: tell(outcome, .warning)
        case .failed: tell(outcome, .error)
        }
    }

    private func tell(_ outcome: ImageOutcome, _ level: Logger.Level) {
        let known = outcome.acknowledged && outcome.result == .blocked ? " (acknowledged)" : ""
        logger.log(
            level: level, "\(outcome.result.rawValue) \(outcome.destination): \(outcome.reason)\(known)")
        guard level >= logger.logLevel else { return }
        _ = notes.withLock { $0.insert(outcome.destination) }
    }
}

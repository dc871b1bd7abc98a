import AWS
import Desired
import HTTP
import Logging
import Reconcile
import Registry

/// Tells topics how a pass went.
struct Notifier {
    /// So long may all of it take.
    private static let patience = Duration.seconds(30)

    let execution: String
    let state: DesiredState
    let wiring: Wiring

    /// Tells all that want to hear of it; what could not be told is logged.
    func notify(_ report: PassReport) async {
        let due = state.notifications.compactMap { notification -> (Desired.Notification, [NoticeText])? in
            let rules = state.rules.map(\.name).filter {
                notification.rules.isEmpty || notification.rules.contains($0)
            }
            guard !rules.isEmpty else { return nil }
            var told = state
            told.rules.removeAll { !rules.contains($0.name) }
            let texts = NoticeText.messages(
                for: notification, report.only(rules, of: state), told, execution: execution)
            return texts.isEmpty ? nil : (notification, texts)
        }
        guard !due.isEmpty else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let slots = Slots(limit: 8)
                await withDiscardingTaskGroup { group in
                    for (notification, texts) in due {
                        group.addTask { await slots.bounding { await send(texts, to: notification) } }
                    }
                }
            }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
            await group.waitForAll()
        }
    }

    private func send(_ texts: [NoticeText], to notification: Desired.Notification) async {
        for (index, text) in texts.enumerated() {
            do throws(AWSError) {
                let arn = notification.sns.topicARN
                let client = try wiring.session(notification.sns.via, in: state).client(
                    .sns, in: Region(ofARN: arn))
                try await Topic(arn: arn, client).publish(text.message, subject: text.subject)
            } catch {
                let reason = error.kind == .cancelled ? "it took too long" : error.description
                let lost = Amount.of(texts.count - index, "message")
                return wiring.logger.error("notification \(notification.name): \(lost) not sent: \(reason)")
            }
        }
    }
}

import AWS
import Desired
import OCI
import Reconcile
import Registry

/// The record of an image in a rule's table: the Data Replication Hub's keys and attributes, and more of ours.
struct StatusRecord {
    /// What the record is of.
    var place: ImagePlace
    /// What became of it.
    var outcome: ImageOutcome
    /// When the copying began and when the image came to its end, in RFC 3339.
    var times: (begun: String, ended: String)
    /// The pass.
    var execution: String
    /// The rule's lease: its number guards the record from whoever had the lease before.
    var fence: Int64
    var multiArchOption: String

    /// `Done` or `Error`; `nil` where nothing is to be recorded: what is in sync, put off, or left out on purpose.
    static func status(of outcome: ImageOutcome) -> String? {
        switch outcome.result {
        case .copied, .updated, .repaired: "Done"
        case .failed, .missing: "Error"
        case .blocked, .stale: outcome.acknowledged ? nil : "Error"
        case .inSync, .skipped, .deferred, .cancelled: nil
        }
    }

    /// The item, where there is something to be recorded.
    var item: Item? {
        guard let status = Self.status(of: outcome) else { return nil }
        let isDone = status == "Done"
        var item: Item = [
            "Image": .text(place.repository), "Tag": .text(place.tag), "Execution": .text(execution),
            "Status": .text(status), "MultiArchOption": .text(multiArchOption),
            "Bytes": .number(outcome.bytes), "StartedAt": .text(times.begun),
            "FinishedAt": .text(times.ended), "Fence": .number(fence),
        ]
        item["SourceDigest"] = (outcome.partOf ?? outcome.wanted).map { .text($0.description) }
        item["DestDigest"] = (isDone ? outcome.wanted : outcome.held).map { .text($0.description) }
        if !isDone {
            item["ErrorMessage"] = .text(outcome.reason.printable(atMost: 1000))
            item["Cause"] = .text(outcome.cause?.kind ?? outcome.result.rawValue)
        }
        return item
    }

    /// No later holder of the lease has written it.
    var condition: Condition {
        Condition(
            "attribute_not_exists(#fence) OR #fence <= :fence", names: ["#fence": "Fence"],
            values: [":fence": .number(fence)])
    }
}

import Foundation
import Lab

extension Commands {
    /// Counts an idle pass's instructions, and records them or compares them with what is recorded.
    static func instructions(_ words: [String]) throws {
        let arguments = try Arguments(words, names: ["davit", "runs", "record", "check"])
        let runs = try Instructions(davit: arguments.require("davit")).run(arguments.value("runs", 3))
        let now = try InstructionRecord(runs)
        let percent = String(format: "%.2f", now.spread * 100)
        print("an idle pass: \(now.instructions) instructions, \(percent) % between \(runs.count) runs")
        if let file = arguments["record"] { try now.write(to: file) }
        guard let file = arguments["check"] else { return }
        let then = try InstructionRecord(file: file)
        guard then.platform == now.platform else {
            return print("not compared: recorded on \(then.platform); this is \(now.platform)")
        }
        let change = Double(now.instructions) / Double(then.instructions) - 1
        let told = String(
            format: "%+.2f %% against %d recorded, at most %d", change * 100, then.instructions, then.limit)
        print(told)
        guard now.instructions <= then.limit else {
            throw LabError(
                "more instructions than the record allows; find out why, or record anew with --record")
        }
    }
}

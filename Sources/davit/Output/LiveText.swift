import Reconcile

/// What stands at the foot of a terminal while a pass runs.
struct LiveText {
    let tally: PassTally
    /// Bytes of blobs that have moved.
    let moved: Int64
    /// Bytes a second, of late.
    let rate: Double
    /// Seconds since the beginning.
    let elapsed: Double
    let width: Int

    /// One line of sums, and one of what is being copied.
    var lines: [String] {
        guard let images = tally.images else { return ["listing the sources"] }
        var parts = ["\(tally.ended)/\(max(images, tally.ended)) images"]
        if tally.planned > 0 {
            let most = max(tally.planned, moved)
            // More is to come while images are still being looked at.
            parts.append("\(Amount.bytes(moved)) of \(Amount.bytes(most))\(tally.knowsAll ? "" : " or more")")
            parts.append("\(Amount.bytes(Int64(rate)))/s")
        }
        if let left { parts.append("\(Amount.roughly(left)) left") }
        if tally.failed > 0 { parts.append("\(tally.failed) failed") }
        let sums = parts.joined(separator: ", ")
        let room = width - sums.utf8.count - 4
        let bar = room < 10 ? "" : "[" + Self.bar(share, min(room, 24)) + "] "
        return [bar + sums] + (tally.copying.isEmpty ? [] : ["copying " + names(width - 9)])
    }

    /// How much is done, of one: bytes once they are all known, else images.
    private var share: Double {
        if tally.knowsAll, tally.planned > 0 {
            return min(1, Double(moved) / Double(max(tally.planned, moved)))
        }
        guard let images = tally.images, images > 0 else { return 1 }
        return min(1, Double(tally.ended) / Double(images))
    }

    /// Seconds that it will take; `nil` where it is too early to say.
    private var left: Double? {
        guard elapsed >= 2, let images = tally.images else { return nil }
        let byBytes = tally.knowsAll && rate >= 1 ? Double(max(0, tally.planned - moved)) / rate : nil
        guard tally.ended > 0 else { return byBytes }
        let byImages = elapsed * Double(max(0, images - tally.ended)) / Double(tally.ended)
        return byBytes ?? byImages
    }

    private static func bar(_ share: Double, _ width: Int) -> String {
        let full = Int((share * Double(width)).rounded(.down))
        return String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    }

    /// As many names as there is room for, and how many more there are.
    private func names(_ room: Int) -> String {
        var shown = ""
        for (place, name) in tally.copying.enumerated() {
            let more = tally.copying.count - place - 1
            let tail = more > 0 ? " and \(more) more" : ""
            let next = (shown.isEmpty ? "" : ", ") + name.harmless
            guard shown.isEmpty || shown.utf8.count + next.utf8.count + tail.utf8.count <= room else {
                return shown + " and \(more + 1) more"
            }
            shown += next
        }
        return shown
    }
}

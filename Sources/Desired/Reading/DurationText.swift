/// A length of time as manifests write it: a whole number and `s`, `m`, `h` or `d`.
enum DurationText {
    /// The seconds of a text, at least one and at most ten years of them; `nil` where it is no such text.
    static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let unit = units[last] else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(digits)
        else { return nil }
        let seconds = number * unit
        return (1...315_360_000).contains(seconds) ? seconds : nil
    }
}

extension PatternParser {
    /// Reads what stands behind a part: `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, and the `?` that makes it
    /// lazy.
    mutating func repeated(_ part: PatternNode) throws(PatternError) -> PatternNode {
        let offset = index
        guard let (found, end) = repetition() else { return part }
        var times = found
        if times.least > Self.mostRepeats || (times.most ?? 0) > Self.mostRepeats {
            throw error("a part is repeated at most \(Self.mostRepeats) times")
        }
        if let most = times.most, most < times.least {
            throw error("'{\(times.least),\(most)}' ends before it begins")
        }
        index = end
        if peek == "+" { throw error("possessive repeats are not available: RE2 has none") }
        times.isLazy = skip("?")
        if repetition() != nil { throw error("a repeat of a repeat: put the first one into '(?:…)'") }
        let node = PatternNode.repeated(part, times)
        try check(node, at: offset)
        return node
    }

    /// What repeat stands here and where it ends; braces that hold no numbers stand for themselves, as in
    /// RE2.
    func repetition() -> (PatternNode.Repetition, end: Int)? {
        switch peek {
        case "*": return (PatternNode.Repetition(least: 0, most: nil), index + 1)
        case "+": return (PatternNode.Repetition(least: 1, most: nil), index + 1)
        case "?": return (PatternNode.Repetition(least: 0, most: 1), index + 1)
        case "{": break
        default: return nil
        }
        var place = index + 1
        guard let least = number(at: &place), place < text.count else { return nil }
        var most: Int? = least
        if text[place] == "," {
            place += 1
            most = number(at: &place)
        }
        guard place < text.count, text[place] == "}" else { return nil }
        return (PatternNode.Repetition(least: least, most: most), place + 1)
    }

    private func number(at place: inout Int) -> Int? {
        let start = place
        var value = 0
        while place < text.count, ("0"..."9").contains(text[place]) {
            value = min(value * 10 + Int(text[place].value - 48), 1_000_000)
            place += 1
        }
        return place > start ? value : nil
    }
}

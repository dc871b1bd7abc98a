/// Finds what a misspelt word was probably meant to be.
enum Suggestion {
    /// "did you mean 'x'?", or `nil` where nothing is near.
    static func hint(for word: String, among known: some Sequence<String>) -> String? {
        nearest(to: word, among: known).map { "did you mean '\($0)'?" }
    }

    /// The known word that needs the fewest edits, if they are few for its length.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let letters = Array(word.lowercased().unicodeScalars)
        var best: (word: String, edits: Int)?
        for candidate in known where candidate.utf8.count <= 64 {
            let limit = max(1, max(letters.count, candidate.utf8.count) / 3)
            guard abs(letters.count - candidate.utf8.count) <= limit else { continue }
            let edits = distance(letters, Array(candidate.lowercased().unicodeScalars))
            guard edits <= limit else { continue }
            if let best, (best.edits, best.word) <= (edits, candidate) { continue }
            best = (candidate, edits)
        }
        return best?.word
    }

    /// Edits from one word to the other: insert, delete, replace, or swap two neighbours.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replace = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replace, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

extension String {
    /// One short line: what could play tricks with a terminal becomes a space.
    func printable(atMost count: Int) -> String {
        let safe = unicodeScalars.prefix(count).map { scalar -> Character in
            let category = scalar.properties.generalCategory
            let isUnsafe =
                category == .control || category == .format || category == .lineSeparator
                || category == .paragraphSeparator
            return isUnsafe ? " " : Character(scalar)
        }
        return String(safe) + (unicodeScalars.count > count ? "…" : "")
    }
}

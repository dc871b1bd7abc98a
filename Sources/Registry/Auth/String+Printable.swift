extension String {
    /// One short line: what could play tricks with a terminal becomes a space.
    public func printable(atMost count: Int) -> String {
        let safe = unicodeScalars.prefix(count).map { scalar -> Character in
            let isSafe =
                scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
            return isSafe && scalar.value != 0x2028 && scalar.value != 0x2029 ? Character(scalar) : " "
        }
        return String(safe) + (unicodeScalars.count > count ? "…" : "")
    }
}

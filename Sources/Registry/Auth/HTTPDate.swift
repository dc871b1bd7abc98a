import FoundationEssentials

/// The dates of HTTP fields.
enum HTTPDate {
    private static let months = [
        "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06",
        "Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
    ]

    /// Reads an IMF-fixdate (RFC 9110, section 5.6.7), the one form that is written today:
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func read(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months[String(words[2])] else { return nil }
        return try? Date("\(words[3])-\(month)-\(words[1])T\(words[4])Z", strategy: .iso8601)
    }
}

/// The error bodies of token servers: OAuth 2's (RFC 6749, section 5.2), the registries', and a common third.
struct Complaint: Decodable {
    private struct Item: Decodable {
        var code: String?
        var message: String?
    }

    private var errors: [Item]?
    private var error: String?
    private var errorDescription: String?
    private var details: String?

    private enum CodingKeys: String, CodingKey {
        case errors, error, details
        case errorDescription = "error_description"
    }

    /// What the server says, where it says something.
    var text: String? {
        let item = errors?.first.flatMap { $0.message ?? $0.code }
        return [item, errorDescription, details, error].compactMap { $0 }.first { !$0.isEmpty }
    }
}

extension String {
    /// One short line: what could play tricks with a terminal becomes a space.
    func printable(atMost count: Int) -> String {
        let safe = unicodeScalars.prefix(count).map { scalar -> Character in
            let isSafe =
                scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
            return isSafe && scalar.value != 0x2028 && scalar.value != 0x2029 ? Character(scalar) : " "
        }
        return String(safe) + (unicodeScalars.count > count ? "…" : "")
    }
}

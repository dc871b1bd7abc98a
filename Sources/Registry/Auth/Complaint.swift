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

import FoundationEssentials
import HTTP
import HTTPTypes

/// What a token server answers (distribution token specification, "Token Response Fields").
struct TokenAnswer: Decodable {
    private var token: String?
    private var accessToken: String?
    private var expiresIn: Double?
    private var issuedAt: String?

    private enum Key: String, CodingKey {
        case token
        case accessToken = "access_token"
        case expiresIn = "expires_in"
        case issuedAt = "issued_at"
    }

    /// Reads the fields; a life that is written as text, as some servers do, is read as well.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        token = try fields.decodeIfPresent(String.self, forKey: .token)
        accessToken = try fields.decodeIfPresent(String.self, forKey: .accessToken)
        expiresIn = try? fields.decodeIfPresent(Double.self, forKey: .expiresIn)
        if expiresIn == nil {
            expiresIn = (try? fields.decodeIfPresent(String.self, forKey: .expiresIn)).flatMap { Double($0) }
        }
        issuedAt = try? fields.decodeIfPresent(String.self, forKey: .issuedAt)
    }

    /// The token, where there is one that may stand in a field.
    var secret: Secret? {
        [token, accessToken].compactMap { $0 }.first { Login.isVisible($0) }.map { Secret($0) }
    }

    /// What is left of the token's life when the answer is sent. A server that hands out a token twice tells
    /// its age by `issued_at`, which is compared with the server's own `Date`: our clock may be another.
    func life(answeredAt date: String?) -> Duration {
        let whole = expiresIn.flatMap { $0.isFinite && $0 > 0 ? min($0, 86_400) : nil } ?? 60
        guard let issued = issuedAt.flatMap(Self.instant), let sent = date.flatMap(HTTPDate.seconds) else {
            return .seconds(whole)
        }
        let age = max(0, Double(sent) - issued.timeIntervalSince1970)
        return .seconds(age < whole ? whole - age : whole)
    }

    /// Reads RFC 3339, its fraction of a second left out.
    private static func instant(_ text: String) -> Date? {
        guard let dot = text.firstIndex(of: ".") else { return try? Date(text, strategy: .iso8601) }
        let zone = text[text.index(after: dot)...].drop { $0.isNumber }
        return try? Date(text[..<dot] + zone, strategy: .iso8601)
    }
}

import HTTPTypes

/// One way to authenticate that a server offers (RFC 9110, section 11.6.1).
public struct Challenge: Hashable, Sendable {
    /// The scheme, in lower case.
    public var scheme: String
    /// The parameters, their names in lower case; the first of two that are alike counts.
    public var parameters: [String: String]

    /// Describes a challenge.
    public init(scheme: String, parameters: [String: String] = [:]) {
        self.scheme = scheme.lowercased()
        self.parameters = parameters
    }

    /// All challenges of an answer, in its order.
    public static func all(in headers: HTTPFields) -> [Challenge] {
        parse(headers[values: .wwwAuthenticate])
    }

    /// Reads the values of one or more `WWW-Authenticate` fields; what can't be read is passed over.
    public static func parse(_ fields: [String]) -> [Challenge] {
        var challenges: [Challenge] = []
        for field in fields.prefix(16) {
            var parser = ChallengeParser(field)
            challenges += parser.challenges()
        }
        return Array(challenges.prefix(ChallengeParser.mostChallenges))
    }
}

/// What a registry, or its token server, is shown.
public enum Login: Hashable, Sendable {
    /// Nothing.
    case anonymous
    /// A user name and its password.
    case basic(username: String, password: Secret)
    /// A registry token, sent as it is.
    case bearer(Secret)
    /// An OAuth 2 refresh token, which buys registry tokens.
    case identityToken(Secret)
}

extension Login {
    /// Reads the pair that docker's stores hold: the user `<token>` marks an identity token.
    static func pair(_ username: String, _ password: String) -> Login {
        username == "<token>"
            ? .identityToken(Secret(password)) : .basic(username: username, password: Secret(password))
    }

    /// A foreign text with every trace of this login's secret taken out.
    func masked(_ text: String) -> String {
        let secret =
            switch self {
            case .anonymous: ""
            case .basic(_, let secret), .bearer(let secret), .identityToken(let secret): secret.reveal()
            }
        let traces = [secret, basicToken ?? ""].filter { !$0.isEmpty }
        return traces.reduce(text) {
            $0.split(separator: $1, omittingEmptySubsequences: false).joined(separator: "•••")
        }
    }
}

import HTTP

/// Decides whether a token server may be spoken to, and shown a secret. It knows names alone: no network.
struct RealmJudge: Sendable {
    /// The registry that named the token server.
    var registry: Origin
    /// The registry's name, for messages.
    var host: String

    /// Throws where the realm is not to be trusted with this login.
    func check(_ realm: Origin, showing login: Login, verdict: HostVerdict) throws(AuthError) {
        let isOursToo = registry.isLoopback && realm.isLoopback
        guard realm.isSecure || !registry.isSecure || (realm.isLoopback && (isOursToo || verdict == .allowed))
        else {
            throw untrusted(realm, "it is not https", "have the registry name an https realm")
        }
        if login == .anonymous { return }
        switch verdict {
        case .allowed: return
        case .forbidden(let credential):
            throw untrusted(
                realm, "the credential '\(credential)' is not for it",
                "add '\(realm.authority)' to the credential's hosts if that is right")
        case .unsaid:
            guard isOursToo || Self.areRelated(registry.host, realm.host) else {
                throw untrusted(
                    realm, "it has no relation to \(registry.authority)",
                    "name both in the credential's hosts if that is right")
            }
        }
    }

    /// How the connection to the realm is secured: what proves us goes to the registry's own host alone.
    func security(for realm: Origin, from security: Security) -> Security {
        realm.host == registry.host ? security : Security(caFile: security.caFile)
    }

    /// Domains under which strangers have hosts side by side: there a host stands for itself alone.
    private static let sharedDomains = [
        // Registries of clouds, a host or a path for each customer.
        "amazonaws.com", "amazonaws.com.cn", "ecr.aws", "cr.aws", "on.aws", "azurecr.io", "azurecr.cn",
        "gcr.io", "pkg.dev", "ghcr.io", "icr.io", "ocir.io", "jfrog.io",
        // Where anybody may put a server or a page.
        "azurewebsites.net", "cloudfront.net", "fly.dev", "github.io", "googleapis.com", "herokuapp.com",
        "ngrok.io", "run.app", "windows.net", "workers.dev",
    ]

    private static func isShared(_ host: String) -> Bool {
        sharedDomains.contains { host == $0 || host.hasSuffix("." + $0) }
    }

    /// One host is the other, stands below it, or both stand below one parent domain that somebody owns.
    static func areRelated(_ registry: String, _ realm: String) -> Bool {
        if registry == realm { return true }
        guard !isAddress(registry), !isAddress(realm), !isShared(registry) else { return false }
        let parent = registry.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        return [registry, parent.joined(separator: ".")].contains { domain in
            isOwned(domain) && (realm == domain || realm.hasSuffix("." + domain))
        }
    }

    /// A domain that somebody owns: at least two labels, three under `co.uk` and its like.
    private static func isOwned(_ domain: String) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { return false }
        let isShared =
            labels.count == 2 && labels[1].count == 2
            && ["co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go"].contains(labels[0])
        return !isShared
    }

    private static func isAddress(_ host: String) -> Bool {
        host.contains(":") || host.split(separator: ".").last.map { $0.allSatisfy(\.isNumber) } ?? true
    }

    private func untrusted(_ realm: Origin, _ reason: String, _ remedy: String) -> AuthError {
        AuthError(
            .untrustedRealm, at: host,
            detail:
                "the registry \(registry) asks for a token from \(realm), but \(reason); nothing was sent; "
                + remedy
        )
    }
}

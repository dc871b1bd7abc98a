import HTTPTypes

extension Request {
    /// The request that a redirect asks for, or why it is not followed.
    ///
    /// Secrets belong to an origin: Authorization, Cookie and the client certificate fall when scheme, host
    /// or port change (RFC 9110, section 15.4), and the permission to skip verification with the host.
    public func following(_ response: Response) throws(RedirectError) -> Request {
        guard let location = response.headers[.location] else { throw .noLocation }
        let next: Address
        do { next = try address.resolving(location) } catch { throw .badLocation("\(error)") }
        guard next.origin.isSecure || !address.origin.isSecure else { throw .downgrade(next.origin) }
        var request = self
        request.address = next
        if next.origin != address.origin {
            for name in [HTTPField.Name.authorization, .proxyAuthorization, .cookie] {
                request.headers[name] = nil
            }
            request.security.clientCertificate = nil
            request.security.clientKey = nil
        }
        if next.origin.host != address.origin.host { request.security.skipsVerification = false }
        return request
    }
}

extension Response {
    /// True of the answers that send a GET or HEAD elsewhere.
    public var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }
}

extension Transport {
    /// Sends a GET or HEAD and follows up to five redirects.
    public func sendFollowing(_ request: Request) async throws -> Response {
        var request = request
        for _ in 0...Redirects.most {
            let response = try await send(request)
            let isReading = request.method == .get || request.method == .head
            guard response.isRedirect, isReading else { return response }
            request = try request.following(response)
        }
        throw RedirectError.tooMany
    }
}

/// The bound on redirects.
public enum Redirects {
    /// How many are followed, one after the other.
    public static let most = 5
}

/// Why a redirect is not followed.
public enum RedirectError: Error, Hashable, CustomStringConvertible {
    /// There is no Location.
    case noLocation
    /// The Location is no URL that davit speaks to.
    case badLocation(String)
    /// It leads from https to plain http.
    case downgrade(Origin)
    /// There were more than five.
    case tooMany

    /// One line for people.
    public var description: String {
        switch self {
        case .noLocation: "a redirect without a Location"
        case .badLocation(let what): "a redirect that can't be followed: \(what)"
        case .downgrade(let origin): "a redirect from https to \(origin), which is not followed"
        case .tooMany: "more than \(Redirects.most) redirects"
        }
    }
}

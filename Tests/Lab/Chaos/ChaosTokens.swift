/// Gives a token to whoever asks, and now and then none.
public final class ChaosTokens: Sendable {
    private let server: ScriptedServer

    /// Starts it on loopback; every tenth request fails.
    public init() throws {
        server = try ScriptedServer { request in
            guard !request.number.isMultiple(of: 10) else { return ScriptedResponse(503) }
            return .json(200, #"{"token":"token-\#(request.number)","expires_in":300}"#)
        }
    }

    /// The URL that challenges name.
    public var realm: String { server.url + "/token" }

    /// How many tokens were asked for.
    public var asked: Int { server.requests.count }
}

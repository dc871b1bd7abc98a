/// Something that happens to a body on its way.
public enum BodyFault: Sendable {
    /// The connection is reset after so many bytes.
    case reset(after: Int)
    /// The connection is ended in good order after so many bytes, as if that were all.
    case end(after: Int)
    /// The byte at this place arrives changed.
    case corrupt(at: Int)
    /// After so many bytes nothing moves for a while.
    case stall(after: Int, seconds: Double)
    /// Between so many bytes and the next there is a pause.
    case trickle(bytes: Int, seconds: Double)
}

/// What a proxy does with one request.
public enum Verdict: Sendable {
    /// It goes through untouched.
    case pass
    /// The proxy answers by itself; the registry never hears of it.
    case answer(ScriptedResponse)
    /// Something happens to the request's body; `.reset(after: 0)` is a reset before anything goes on.
    case request(BodyFault)
    /// Something happens to the answer's body; its head goes through.
    case response(BodyFault)
    /// The registry does it, and the client's connection is reset instead of an answer.
    case swallowAnswer
    /// The answer comes without a field.
    case drop(responseHeader: String)
    /// The answer comes with a field set.
    case set(responseHeader: String, to: String)
    /// The request goes on without a field.
    case dropFromRequest(header: String)
    /// The request waits before it goes on.
    case hold(seconds: Double)

    /// The proxy answers by itself with a status and nothing else.
    public static func answer(_ status: Int, headers: Headers = [:], body: String = "") -> Verdict {
        .answer(ScriptedResponse(status, headers: headers, body: body))
    }

    /// The proxy sends the client elsewhere.
    public static func redirect(to location: String, status: Int = 307) -> Verdict {
        .answer(status, headers: ["Location": location])
    }
}

import Foundation

extension Trouble {
    /// What a proxy does about it: `twin` is the registry's own URL, `realm` where tokens are given out.
    func verdict(
        for request: ProxyRequest, twin: String, realm: String, by random: inout Random
    ) -> Verdict {
        // No list or manifest of the lab's is shorter than this.
        let place = Int.random(in: 1..<40, using: &random)
        let inside = Int.random(in: 0..<max(1, request.bodyLength), using: &random)
        switch self {
        case .resetBefore: return .request(.reset(after: 0))
        case .lostAnswer: return .swallowAnswer
        case .unauthorized:
            let challenge = #"Bearer realm="\#(realm)",service="harbour""#
            return .answer(.refusal(401, "UNAUTHORIZED", ["WWW-Authenticate": challenge]))
        case .throttled: return .answer(.refusal(429, "TOOMANYREQUESTS", ["Retry-After": "1"]))
        case .throttledUntil:
            let date = Self.date(Date().addingTimeInterval(1))
            return .answer(.refusal(429, "TOOMANYREQUESTS", ["Retry-After": date]))
        case .failing:
            let status = [500, 502, 503, 504, 408, 425][Int.random(in: 0..<6, using: &random)]
            return .answer(.refusal(status, "UNKNOWN"))
        case .held: return .hold(seconds: 0.5)
        case .stalledAnswer: return .response(.stall(after: place, seconds: 0.7))
        case .trickledAnswer: return .response(.trickle(bytes: 500, seconds: 0.02))
        case .resetAnswer: return .response(.reset(after: place))
        case .cutAnswer: return .response(.end(after: place))
        // Nobody can tell a list with another letter in it from a true one: that is broken at its brace.
        case .corruptAnswer:
            return .response(.corrupt(at: [.tags, .catalog].contains(request.route.kind) ? 0 : place))
        case .shortAnswer: return .set(responseHeader: "Content-Length", to: "\(place)")
        case .portal: return .answer(200, headers: ["Content-Type": "text/html"], body: "<html>log in</html>")
        case .redirected: return .redirect(to: twin + request.target)
        case .noDigest: return .drop(responseHeader: "Docker-Content-Digest")
        case .stalledRequest: return .request(.stall(after: inside, seconds: 0.7))
        case .trickledRequest: return .request(.trickle(bytes: 500, seconds: 0.02))
        case .resetRequest: return .request(.reset(after: max(1, inside)))
        case .cutRequest: return .request(.end(after: inside))
        case .corruptRequest: return .request(.corrupt(at: inside))
        case .lostSession: return .answer(.refusal(404, "BLOB_UPLOAD_UNKNOWN"))
        case .lostBlob: return .answer(.refusal(400, "MANIFEST_BLOB_UNKNOWN"))
        case .lostRange: return .dropFromRequest(header: "Range")
        }
    }

    /// A time as HTTP writes it.
    private static func date(_ time: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: time)
    }
}

extension ScriptedResponse {
    fileprivate static func refusal(_ status: Int, _ code: String, _ headers: Headers = [:])
        -> ScriptedResponse
    {
        var response = ScriptedResponse.error(status, code, "chaos")
        response.headers.fields += headers.fields
        return response
    }
}

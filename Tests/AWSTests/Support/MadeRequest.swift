import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab
import Registry

/// A request that is made of random numbers, and what it is signed with.
struct MadeRequest {
    var request: Request
    var keys: AccessKeys
    var scope: SigningScope
    var seconds: Int64
    /// The query's names and values, not encoded, where it is written in other ways than the canonical one.
    var parameters: [[String]]?

    /// A request that a number stands for, odd in any way that a request may be odd in.
    init(random: inout Random) {
        let parameters: [[String]] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            [Self.text(in: 1...6, &random), Self.text(in: 0...9, &random)]
        }
        let isCanonical = Bool.random(using: &random)
        let query = parameters.map { pair in
            pair.map { Self.written($0, isCanonical: isCanonical, &random) }.joined(separator: "=")
        }.joined(separator: "&")
        let path =
            (0..<Int.random(in: 0...5, using: &random)).map { _ in
                "/"
                    + (["", ".", "..", "%2F", "a b".replacing(" ", with: "%20")].randomElement(using: &random)
                        ?? "")
                    + (Bool.random(using: &random)
                        ? Address.encode(Self.text(in: 0...8, &random)) : "x:y~z@$")
            }.joined() + (Bool.random(using: &random) ? "/" : "")
        let origin = Origin(
            isSecure: Bool.random(using: &random),
            host: ["api.ecr.eu-west-1.amazonaws.com", "LocalHost", "127.0.0.1", "::1"]
                .randomElement(using: &random) ?? "",
            port: [nil, 80, 443, 5000].randomElement(using: &random) ?? nil)
        request = Request(
            [.get, .post, .put, .delete, .head].randomElement(using: &random) ?? .get,
            Address(origin: origin, target: query.isEmpty ? path : path + "?" + query),
            headers: Self.fields(&random))
        if Bool.random(using: &random) {
            request.body = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        }
        keys = AccessKeys(
            id: "AKIA\(UInt32.random(in: 0...9_999_999, using: &random))",
            secret: Secret(Self.token(40, &random)),
            sessionToken: Bool.random(using: &random) ? Secret(Self.token(200, &random)) : nil,
            origin: "a test")
        scope = SigningScope(
            service: ["ecr", "sts", "ssm", "execute-api"].randomElement(using: &random) ?? "",
            region: ["eu-west-1", "cn-north-1", "us-gov-west-1"].randomElement(using: &random) ?? "")
        // A token of other keys is taken out by us, and left in by botocore.
        if keys.sessionToken == nil, let name = HTTPField.Name("X-Amz-Security-Token") {
            request.headers[name] = nil
        }
        seconds = .random(in: 0..<4_102_444_800, using: &random)
        self.parameters = isCanonical || parameters.isEmpty ? nil : parameters
    }

    private static func fields(_ random: inout Random) -> HTTPFields {
        let names = [
            "Content-Type", "X-Amz-Target", "X-Odd", "x-odd", "Accept", "User-Agent", "Expect",
            "X-Amzn-Trace-Id",
            "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Baggage",
            "Traceparent",
            "Tracestate", "Proxy-Authorization", "Proxy-Authenticate", "Authorization", "X-Amz-Date",
            "X-Amz-Security-Token",
        ]
        var fields: HTTPFields = [:]
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            guard let name = names.randomElement(using: &random).flatMap({ HTTPField.Name($0) }) else {
                continue
            }
            let words = (0..<Int.random(in: 0...4, using: &random)).map { _ in token(5, &random) }
            let blanks = [" ", "  ", "\t", " \t "].randomElement(using: &random) ?? " "
            fields.append(HTTPField(name: name, value: words.joined(separator: blanks)))
        }
        return fields
    }

    private static func token(_ count: Int, _ random: inout Random) -> String {
        let letters = Array("abcXYZ019+/=,;\"'!#$%&()*-.:<>?@[]^_`{|}~")
        return String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    private static func text(in counts: ClosedRange<Int>, _ random: inout Random) -> String {
        let letters = Array("aBz09-_.~ +&=/?%#:@!$'()*,;[]\"\\<>|{}^`äß漢🐳\n\u{7f}")
        return String(
            (0..<Int.random(in: counts, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            })
    }

    /// A text as it stands in a query: encoded as it must be, or loosely, as some clients do.
    private static func written(_ text: String, isCanonical: Bool, _ random: inout Random) -> String {
        guard !isCanonical else { return Address.encode(text) }
        let harmless = Set("aBz09-_.~+/?:@!$'()*,;[]|{}^`".unicodeScalars)
        return text.unicodeScalars.map { scalar in
            switch UInt8.random(in: 0...2, using: &random) {
            case 0 where harmless.contains(scalar): String(scalar)
            case 1: String(scalar).utf8.map { String(format: "%%%02x", $0) }.joined()
            default: Address.encode(String(scalar))
            }
        }.joined()
    }
}

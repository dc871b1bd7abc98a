import FoundationEssentials
import Testing

@testable import Registry

@Suite("TokenAnswer") struct TokenAnswerTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let table: [(String, String?, Duration)] = [
        (#"{"token": "t"}"#, nil, .seconds(60)),
        (#"{"token": "t", "expires_in": 300}"#, nil, .seconds(300)),
        (#"{"token": "t", "expires_in": 2}"#, nil, .seconds(2)),
        (#"{"token": "t", "expires_in": "90"}"#, nil, .seconds(90)),
        (#"{"token": "t", "expires_in": 0}"#, nil, .seconds(60)),
        (#"{"token": "t", "expires_in": -5}"#, nil, .seconds(60)),
        (#"{"token": "t", "expires_in": 1e300}"#, nil, .seconds(86_400)),
        (#"{"token": "t", "expires_in": null, "issued_at": 7}"#, date, .seconds(60)),
        (#"{"token": "t", "expires_in": 300, "issued_at": "1994-11-06T08:48:37Z"}"#, date, .seconds(240)),
        (
            #"{"token": "t", "expires_in": 300, "issued_at": "1994-11-06T08:48:37.123456789Z"}"#, date,
            .seconds(240)
        ),
        (
            #"{"token": "t", "expires_in": 300, "issued_at": "1994-11-06T09:48:37+01:00"}"#, date,
            .seconds(240)
        ),
        (#"{"token": "t", "expires_in": 300, "issued_at": "1994-11-06T08:50:37Z"}"#, date, .seconds(300)),
        (#"{"token": "t", "expires_in": 300, "issued_at": "1990-01-01T00:00:00Z"}"#, date, .seconds(300)),
        (#"{"token": "t", "expires_in": 300, "issued_at": "1994-11-06T08:48:37Z"}"#, nil, .seconds(300)),
        (#"{"token": "t", "expires_in": 300, "issued_at": "yesterday"}"#, date, .seconds(300)),
    ]

    @Test("tells how long a token lives, by the server's clock alone", arguments: table)
    func lives(text: String, date: String?, life: Duration) throws {
        let answer = try JSONDecoder().decode(TokenAnswer.self, from: Data(text.utf8))
        #expect(answer.life(answeredAt: date) == life)
    }

    @Test(
        "takes the token from either field",
        arguments: [
            (#"{"token": "a", "access_token": "b"}"#, "a"), (#"{"access_token": "b"}"#, "b"),
            (#"{"token": "", "access_token": "b"}"#, "b"), (#"{"token": "line\nbreak"}"#, nil), ("{}", nil),
        ])
    func fields(text: String, token: String?) throws {
        let answer = try JSONDecoder().decode(TokenAnswer.self, from: Data(text.utf8))
        #expect(answer.secret?.reveal() == token)
    }

    @Test("renews early, but never at once", arguments: [(300, 290_000), (60, 54_000), (2, 1_800)])
    func renews(life: Int, milliseconds: Int) {
        let now = ContinuousClock.now
        let token = Token(secret: Secret("t"), asked: now, life: .seconds(life))
        #expect(token.renewal == now + .milliseconds(milliseconds))
    }
}

import HTTP
import HTTPTypes
import Testing

@Suite("RetryPolicy") struct RetryPolicyTests {
    private let policy = RetryPolicy()

    @Test(
        "backs off with full jitter",
        arguments: [(1, 0.0, 0), (1, 0.5, 150), (1, 1, 300), (2, 1, 600), (3, 1, 1200), (3, 0.25, 300)])
    func backsOff(tried: Int, dice: Double, milliseconds: Int) {
        let decision = policy.decide(tried: tried, isTransient: true, asked: nil, dice: dice)
        #expect(decision == .again(after: .milliseconds(milliseconds)))
    }

    @Test("gives up after the last try, and at once where nothing may change")
    func givesUp() {
        #expect(policy.decide(tried: 4, isTransient: true, asked: nil, dice: 0) == .giveUp)
        #expect(policy.decide(tried: 4, isTransient: true, asked: .zero, dice: 0) == .giveUp)
        #expect(policy.decide(tried: 1, isTransient: false, asked: .seconds(1), dice: 0) == .giveUp)
    }

    @Test("waits as long as asked and a little more, within what can be borne")
    func asked() {
        let decide = { policy.decide(tried: 1, isTransient: true, asked: $0, dice: 0.5) }
        #expect(decide(.seconds(7)) == .again(after: .milliseconds(7150)))
        #expect(decide(.zero) == .again(after: .milliseconds(150)))
        #expect(decide(.seconds(300)) == .again(after: .milliseconds(300_150)))
        #expect(decide(.seconds(301)) == .giveUp)
    }

    @Test("never waits longer than its cap, however many the tries")
    func caps() {
        var patient = RetryPolicy()
        patient.tries = 1000
        for tried in [8, 30, 64, 999] {
            let decision = patient.decide(tried: tried, isTransient: true, asked: nil, dice: 1)
            #expect(decision == .again(after: .seconds(30)))
        }
    }

    @Test(
        "knows which statuses may pass",
        arguments: [
            (200, false), (301, false), (400, false), (401, false), (403, false), (404, false), (408, true),
            (409, false), (413, false), (425, true), (429, true), (500, true), (501, false), (502, true),
            (503, true),
            (504, true), (505, false), (520, true),
        ])
    func statuses(status: Int, isTransient: Bool) {
        #expect(RetryPolicy.isTransient(status: status) == isTransient)
    }

    @Test(
        "knows which failures may pass",
        arguments: [
            (TransportError.Kind.connect, true), (.broken, true), (.truncated, true), (.stalled, true),
            (.wrongBytes, true), (.malformed, true), (.unknownHost, true), (.tls, false),
            (.securityFiles, false),
            (.tooLarge, false), (.cancelled, false), (.stopped, false),
        ])
    func kinds(kind: TransportError.Kind, isTransient: Bool) {
        #expect(TransportError(kind, Origin(isSecure: true, host: "a")).isTransient == isTransient)
    }
}

@Suite("Retry-After") struct RetryAfterTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(
        "is read in both forms, a date against the answer's own clock",
        arguments: [
            ("12", date, Duration.seconds(12)), ("0", nil, .zero), ("-5", nil, .zero),
            ("99999999999999", nil, .seconds(1 << 32)), ("Sun, 06 Nov 1994 08:49:47 GMT", date, .seconds(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", date, .zero),
            ("Mon, 07 Nov 1994 08:49:37 GMT", date, .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", nil, .zero), ("soon", date, nil),
            ("99999999999999999999", date, nil),
            ("", date, nil),
        ] as [(String, String?, Duration?)])
    func reads(text: String, date: String?, wait: Duration?) {
        var response = Response(status: 429, headers: [.retryAfter: text])
        if let date { response.headers[.date] = date }
        #expect(response.retryAfter == wait)
    }

    @Test("is nothing where it is not there")
    func absent() { #expect(Response(status: 429).retryAfter == nil) }

    @Test(
        "dates of all centuries",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), (date, 784_111_777),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Fri, 31 Dec 2100 23:59:60 GMT", 4_133_980_800), ("Sun, 06 Nov 1994 24:00:00 GMT", nil),
            ("Sun, 32 Nov 1994 08:49:37 GMT", nil), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
            ("Sun Nov  6 08:49:37 1994", nil), ("Sun, 06 Nov 99999 08:49:37 GMT", nil), ("", nil),
        ] as [(String, Int64?)])
    func dates(text: String, seconds: Int64?) { #expect(HTTPDate.seconds(text) == seconds) }
}

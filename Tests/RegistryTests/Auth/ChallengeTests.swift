import HTTPTypes
import Registry
import Testing

@Suite("Challenge") struct ChallengeTests {
    private static let hub = Challenge(
        scheme: "bearer",
        parameters: [
            "realm": "https://auth.docker.io/token", "service": "registry.docker.io",
            "scope": "repository:library/alpine:pull,push",
        ])

    private static let table: [([String], [Challenge])] = [
        (
            [
                #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io","#
                    + #"scope="repository:library/alpine:pull,push""#
            ], [hub]
        ),
        (
            [
                #"BEARER  Realm = "https://auth.docker.io/token" , SERVICE="registry.docker.io" ,"#
                    + #" scope="repository:library/alpine:pull,push""#
            ], [hub]
        ),
        (
            [#"Basic realm="a, \"b\" \\ c""#],
            [Challenge(scheme: "basic", parameters: ["realm": #"a, "b" \ c"#])]
        ),
        (
            [#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#],
            [
                Challenge(
                    scheme: "newauth",
                    parameters: ["realm": "apps", "type": "1", "title": #"Login to "apps""#]),
                Challenge(scheme: "basic", parameters: ["realm": "simple"]),
            ]
        ),
        (
            ["Negotiate", #"Basic realm="x""#],
            [Challenge(scheme: "negotiate"), Challenge(scheme: "basic", parameters: ["realm": "x"])]
        ),
        (
            [#"Negotiate YWJj==, Bearer realm="r""#],
            [
                Challenge(scheme: "negotiate"),
                Challenge(scheme: "bearer", parameters: ["realm": "r"]),
            ]
        ),
        (
            ["Negotiate, Digest qop=auth"],
            [Challenge(scheme: "negotiate"), Challenge(scheme: "digest", parameters: ["qop": "auth"])]
        ),
        ([", ,Basic realm=x,,"], [Challenge(scheme: "basic", parameters: ["realm": "x"])]),
        (
            ["Bearer realm=https://r.example.com/token?a=b,service=s"],
            [
                Challenge(
                    scheme: "bearer",
                    parameters: ["realm": "https://r.example.com/token?a=b", "service": "s"])
            ]
        ),
        ([#"Bearer realm="one", realm="two""#], [Challenge(scheme: "bearer", parameters: ["realm": "one"])]),
        (
            [#"Bearer realm="never closed"#],
            [Challenge(scheme: "bearer", parameters: ["realm": "never closed"])]
        ),
        ([#"Bearer realm="ends in \"#], [Challenge(scheme: "bearer", parameters: ["realm": #"ends in \"#])]),
        (
            [#""stray, quoted", realm="lost", Basic realm="x""#],
            [Challenge(scheme: "basic", parameters: ["realm": "x"])]
        ),
        (["Bearer"], [Challenge(scheme: "bearer")]),
        (["", "   ", ",,,", "=", #"=""#], []),
    ]

    @Test("reads what servers send", arguments: table)
    func reads(fields: [String], challenges: [Challenge]) {
        #expect(Challenge.parse(fields) == challenges)
    }

    @Test("reads several fields of an answer")
    func fields() {
        var headers = HTTPFields()
        headers.append(HTTPField(name: .wwwAuthenticate, value: #"Bearer realm="r""#))
        headers.append(HTTPField(name: .wwwAuthenticate, value: #"Basic realm="b""#))
        #expect(Challenge.all(in: headers).map(\.scheme) == ["bearer", "basic"])
    }

    @Test("is bounded, whatever is sent")
    func bounded() {
        let many = Challenge.parse([String](repeating: String(repeating: "a b, ", count: 10_000), count: 100))
        #expect(many.count <= 32)
        let wide = Challenge.parse(["Bearer " + (0..<2000).map { "p\($0)=1" }.joined(separator: ",")])
        #expect(wide.first.map { $0.parameters.count <= 32 } == true)
        let long = Challenge.parse(["Bearer realm=\"" + String(repeating: "x", count: 1 << 20)])
        #expect(long.first?.parameters["realm"].map { $0.utf8.count <= 16 << 10 } == true)
    }

    @Test("survives noise")
    func noise() {
        let pieces = [
            "Bearer", "Basic", " ", "  ", ",", "=", "\"", "\\", "realm", "a", "\t", "é", "\0", "==", "/",
            "x=y", "\u{7F}",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let field = (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }.joined()
            for challenge in Challenge.parse([field]) {
                #expect(!challenge.scheme.isEmpty)
                #expect(challenge.scheme == challenge.scheme.lowercased())
            }
        }
    }
}

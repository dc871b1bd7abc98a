import HTTP
import Registry
import Testing

@Suite("Secret") struct SecretTests {
    private struct Holder {
        var name = "holder"
        var secret = Secret("hunter2")
    }

    @Test("prints as dots, wherever it stands")
    func prints() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Holder(), to: &dumped)
        dump(Login.basic(username: "me", password: secret), to: &dumped)
        let environment = LoginEnvironment(variables: ["P": "hunter2"], home: "/root")
        dump(EnvironmentLogin(.token("P"), in: environment), to: &dumped)
        let texts = [
            "\(environment)", String(reflecting: environment),
            "\(EnvironmentLogin(.token("P"), in: environment))",
            "\(secret)", String(reflecting: secret), "\(Holder())", String(reflecting: [secret]),
            "\(Login.basic(username: "me", password: secret))", "\(Login.bearer(secret))",
            String(reflecting: Login.identityToken(secret)),
            "\(Mirror(reflecting: secret).children.map { $0 })", dumped,
        ]
        for text in texts { #expect(!text.contains("hunter2")) }
        #expect("\(secret)" == "•••")
        #expect(secret.reveal() == "hunter2")
    }
}

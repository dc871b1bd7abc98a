import HTTP
import Logging
import OCI
import Registry

/// An authorizer with a scripted token server and a clock that is moved by hand.
struct AuthorizerLab {
    static let bearer = Challenge(
        scheme: "bearer",
        parameters: ["realm": "https://auth.example.com/token?x=1", "service": "reg istry"])
    static let basic = Challenge(scheme: "basic", parameters: ["realm": "r"])
    static let me = Login.basic(username: "me", password: Secret("hunter2"))

    let time = ManualTime()
    let transport: ScriptedTransport
    let authorizer: Authorizer

    init(
        _ source: any LoginSource, at registry: String = "https://registry.example.com",
        transport: ScriptedTransport = .tokens(), security: Security = Security()
    ) throws {
        self.transport = transport
        authorizer = Authorizer(
            registry: try Address(registry).origin, host: "registry.example.com", login: source,
            transport: transport, security: security, time: time.keeper,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func pull(_ name: String = "app") throws -> Set<Scope> { [.pull(try RepositoryName(name))] }
}

/// A source whose login is set by the test, and which counts who asks.
actor ScriptedLogin: LoginSource {
    private var login: Login
    private var next: Login?
    private(set) var asked = 0

    init(_ login: Login, afterRefusal next: Login? = nil) {
        self.login = login
        self.next = next
    }

    func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        asked += 1
        return login
    }

    func refused(_ login: Login, for host: String, repository: RepositoryName?) async {
        if let next { self.login = next }
    }
}

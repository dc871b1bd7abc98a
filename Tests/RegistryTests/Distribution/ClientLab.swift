import HTTP
import HTTPTypes
import Lab
import Logging
import OCI
import Registry

/// A client of a registry on loopback that never really waits, and remembers what it would have waited for.
struct ClientLab {
    /// One loop carries all that these tests send.
    private static let loop = Result { try CurlLoop() }

    let client: DistributionClient
    let log = KeptLog()
    private let waited = Guarded<[Duration]>([])
    private let clock = ManualTime()

    init(
        _ url: String, login: any LoginSource = AnonymousLogin(),
        _ change: (inout DistributionClient.Settings) -> Void = { _ in }
    ) throws {
        let origin = try Address(url).origin
        let transport = try Self.loop.get()
        let (log, waited, keeper) = (log, waited, clock.keeper)
        let logger = Logger(label: "test") { _ in log }
        var settings = DistributionClient.Settings()
        settings.time = keeper
        settings.time.sleep = { duration in
            try await keeper.sleep(duration)
            waited.with { $0.append(duration) }
        }
        change(&settings)
        let authorizer = Authorizer(
            registry: origin, host: origin.authority, login: login, transport: transport,
            security: settings.security, logger: logger)
        client = DistributionClient(
            place: origin.authority, origin: origin, transport: transport, authorizer: authorizer,
            settings: settings,
            logger: logger)
    }

    /// The waits between tries so far.
    var waits: [Duration] { waited.with { $0 } }
}

/// A log handler that keeps the lines of warnings.
struct KeptLog: LogHandler {
    private let kept = Guarded<[String]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    var warnings: [String] { kept.with { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level >= .warning else { return }
        kept.with { $0.append("\(event.metadata?["text"] ?? "")") }
    }
}

/// A source that always shows the same.
struct FixedLogin: LoginSource {
    let login: Registry.Login

    init(_ login: Lab.Login) { self.login = .basic(username: login.user, password: Secret(login.password)) }

    func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Registry.Login {
        login
    }
}

extension MadeBlob {
    /// What a manifest would name it by.
    var described: Descriptor {
        get throws {
            Descriptor(
                mediaType: MediaType(rawValue: "application/octet-stream"), digest: try Digest(digest),
                size: Int64(size))
        }
    }
}

extension Reference {
    static func tag(_ text: String) throws -> Reference { .tag(try Tag(text)) }
    static func digest(_ text: String) throws -> Reference { .digest(try Digest(text)) }
}

extension RepositoryName {
    static func named(_ text: String) throws -> RepositoryName { try RepositoryName(text) }
}

/// Runs something that must fail, and hands out its failure.
func failure<Value: Sendable>(_ body: () async throws -> Value) async -> RegistryError? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? RegistryError }
}

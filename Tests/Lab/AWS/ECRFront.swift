import Foundation

/// Amazon ECR for tests: its API for any number of accounts and regions on one port, and a registry port for each
/// place, before a docker-registry of its own. Every request is held against botocore's service models and signed
/// right; what AWS would bear in silence is told by `violations`.
public final class ECRFront: Sendable {
    /// An access key.
    public struct Keys: Decodable, Sendable {
        /// Whose it is.
        public var account: String
        /// Its name.
        public var id: String
        /// Its secret.
        public var secret: String
    }

    /// What the program tells once it answers.
    private struct Facts: Decodable {
        struct Registry: Decodable {
            var account: String
            var region: String
            var address: String
            var host: String
        }
        var api: String
        var control: String
        var bucket: String
        var moto: String?
        var `public`: String?
        var registries: [Registry]
        var keys: [Keys]
    }

    /// What it is started with.
    private struct Setup: Encodable {
        var accounts: [String]
        var places: [[String]]
        var moto: Bool
        var `public`: String?
    }

    private let facts: Facts
    private let behind: [ECRPlace: DockerRegistry]
    private let behindPublic: DockerRegistry?
    private let program: KeptProgram
    private let control: Endpoint
    private let folder: TemporaryFolder

    /// Starts one with every account in every region, and waits until it answers; `moto` plays all other services.
    public convenience init(accounts: [String], regions: [String], moto: Bool = false) throws {
        try self.init(accounts.flatMap { account in regions.map { ECRPlace(account, $0) } }, moto: moto)
    }

    /// Starts one with some places, and waits until it answers; `moto` plays all other services, `hasPublic` asks for ECR
    /// Public's registry besides.
    public init(_ places: [ECRPlace], moto: Bool = false, hasPublic: Bool = false) throws {
        folder = try TemporaryFolder("ecr")
        let registries = try places.map { place in
            (place, try DockerRegistry(.init { $0.relativeLocations = true }))
        }
        behind = Dictionary(uniqueKeysWithValues: registries)
        behindPublic = hasPublic ? try DockerRegistry(.init { $0.relativeLocations = true }) : nil
        let setup = Setup(
            accounts: Set(places.map(\.account)).sorted(),
            places: registries.map { [$0.account, $0.region, $1.host] }, moto: moto,
            public: behindPublic?.host)
        let file = folder.file("setup.json")
        try JSONEncoder().encode(setup).write(to: URL(filePath: file))
        let log = folder.file("log")
        let started = try KeptProgram(
            [Judges.python, "-B", Judges.path("ecr_front"), file], log: log, deleting: folder.path)
        func said() -> String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
        // Python's own warnings may stand before the line.
        func line() -> Substring? {
            said().split(separator: "\n", omittingEmptySubsequences: false).dropLast().first {
                $0.hasPrefix(#"{"api""#)
            }
        }
        _ = eventually(within: 60) { !started.isRunning || line() != nil }
        guard let line = line() else {
            started.stop(keeping: true)
            throw LabError("the ECR front does not start: \(said().suffix(2_000))")
        }
        facts = try JSONDecoder().decode(Facts.self, from: Data(line.utf8))
        guard let control = Endpoint(facts.control) else { throw LabError("no address: \(facts.control)") }
        self.control = control
        program = started
    }

    deinit { stop() }

    /// Kills it and the registries behind.
    public func stop() {
        program.stop(keeping: false)
        behind.values.forEach { $0.stop() }
        behindPublic?.stop()
    }

    /// The URL of the API, of every account and region.
    public var apiAddress: String { "http://\(facts.api)" }

    /// The URL of the moto server behind, where there is one.
    public var motoAddress: String? { facts.moto.map { "http://\($0)" } }

    /// The URL of a place's registry.
    public func registryAddress(account: String, region: String) throws -> String {
        try registryEndpoint(account: account, region: region).url
    }

    /// Where a place's registry listens.
    public func registryEndpoint(account: String, region: String) throws -> Endpoint {
        let found = facts.registries.first { $0.account == account && $0.region == region }
        guard let found, let endpoint = Endpoint(found.address) else {
            throw LabError("no place \(account) in \(region)")
        }
        return endpoint
    }

    /// Where ECR Public's registry listens, whose repositories begin with `a` and their account.
    public var publicEndpoint: Endpoint? { facts.public.flatMap { Endpoint($0) } }

    /// The docker-registry behind ECR Public's.
    public var publicRegistry: DockerRegistry? { behindPublic }

    /// The docker-registry behind a place's port: to look into, and to lay things into (`adopt` them then).
    public func registry(account: String, region: String) throws -> DockerRegistry {
        guard let found = behind[ECRPlace(account, region)] else {
            throw LabError("no place \(account) in \(region)")
        }
        return found
    }

    /// The name that AWS gives a place's registry.
    public func host(account: String, region: String) -> String {
        "\(account).dkr.ecr.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }

    /// The keys of a user of an account's.
    public func keys(of account: String) throws -> Keys {
        guard let found = facts.keys.first(where: { $0.account == account }) else {
            throw LabError("no account \(account)")
        }
        return found
    }

    /// All that a program needs to be that user of an account's here, and to find no other keys.
    public func environment(as account: String, region: String? = nil) throws -> [String: String] {
        let keys = try keys(of: account)
        var all = [
            "AWS_ENDPOINT_URL": apiAddress, "AWS_ACCESS_KEY_ID": keys.id,
            "AWS_SECRET_ACCESS_KEY": keys.secret,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": folder.file("no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": folder.file("no-credentials"),
        ]
        if let region { all["AWS_REGION"] = region }
        return all
    }

    /// What the program has said: nothing but a line of addresses, as long as all is well.
    public var log: String { (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? "" }

    /// The process id of the program.
    public var pid: pid_t { program.pid }

    /// Processor seconds that the program has used, without the registries behind.
    public var cpu: Double { ProcessFacts(program.pid)?.cpu ?? 0 }

    /// Says a verb to the control port, and returns what it answers.
    func tell(_ verb: String, _ words: [String: any Encodable & Sendable] = [:]) throws -> Data {
        let fields = try words.map { name, value in
            "\"\(name)\":" + String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
        let body = Array("{\(fields.joined(separator: ","))}".utf8)
        let answer = try RawClient(control).send("POST", "/\(verb)", body: .bytes(body))
        guard answer.status == 200 else { throw LabError("ECR front, \(verb): \(answer.text)") }
        return Data(answer.body)
    }
}

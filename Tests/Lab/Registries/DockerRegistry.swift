import Foundation

/// A throw-away docker-registry on loopback, gone with the value or with this process, whichever goes first.
public final class DockerRegistry: Sendable {
    /// What the registry starts with.
    public enum Storage: Sendable {
        /// Nothing.
        case empty
        /// A copy of another registry's folder.
        case copy(of: String)
        /// The very folder of another registry, which deletes it.
        case shared(String)
    }

    /// How a registry is set up. By default it is plain, open and empty.
    public struct Options: Sendable {
        /// What it starts with.
        public var storage = Storage.empty
        /// A port; any free one when nil.
        public var port: UInt16?
        /// Whether it wants a password: `Login.captain` and `Login.bosun` are let in.
        public var passwords = false
        /// With an authority, it speaks TLS with a certificate of that.
        public var tls: TestCA?
        /// Whether a client must show a certificate of the authority.
        public var clientCertificates = false
        /// With a token server, it takes the tokens of that alone.
        public var tokens: TokenServer?
        /// Whether manifests and blobs may be deleted.
        public var deletes = true
        /// Whether it takes manifests whose layers lie behind a URL, as it does not by habit.
        public var foreignLayers = true
        /// Whether the addresses it gives out are relative, as they must be behind a proxy that changes the host.
        public var relativeLocations = false

        /// The default.
        public init() {}

        /// The default, changed as wanted.
        public init(_ change: (inout Options) -> Void) {
            self.init()
            change(&self)
        }
    }

    /// Its storage folder.
    public let storage: String
    private let options: Options
    private let folder: TemporaryFolder
    private let program = Guarded<KeptProgram?>(nil)
    private let place: Guarded<Endpoint>

    /// Starts a registry and waits until it answers.
    public init(_ options: Options = Options()) throws {
        self.options = options
        folder = try TemporaryFolder("registry", inMemory: true)
        storage = try Self.lay(options.storage, in: folder)
        place = Guarded(try Endpoint(port: options.port ?? Ports.free()))
        do {
            try start()
        } catch  where options.port == nil {
            // Somebody else may have taken the port in the meantime.
            let other = try Endpoint(port: Ports.free())
            place.with { $0 = other }
            try start()
        }
    }

    deinit { stop() }

    /// Where it listens.
    public var endpoint: Endpoint { place.with { $0 } }

    /// `http` or `https`.
    public var scheme: String { options.tls == nil ? "http" : "https" }

    /// Its address as a URL.
    public var url: String { "\(scheme)://\(endpoint)" }

    /// Its address as manifests name it.
    public var host: String { endpoint.description }

    /// What it has written to its log.
    public var log: String { (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? "" }

    /// The process id of the registry.
    public var pid: pid_t { program.with { $0?.pid ?? 0 } }

    /// Processor seconds that it has used since it was started.
    public var cpu: Double { ProcessFacts(pid)?.cpu ?? 0 }

    /// Kills it and deletes what it held.
    public func stop() { end(keeping: false) }

    /// Kills it and starts it again on the same port with what it held.
    public func restart() throws {
        end(keeping: true)
        try start()
    }

    /// Kills it, empties it or lays a stored state into it, and starts it again on the same port.
    public func restart(with state: Storage) throws {
        end(keeping: true)
        try FileManager.default.removeItem(atPath: storage)
        _ = try Self.lay(state, in: folder)
        try start()
    }

    /// Stops answering without closing a connection, until `thaw`.
    public func freeze() { kill(pid, SIGSTOP) }

    /// Answers again.
    public func thaw() { kill(pid, SIGCONT) }

    /// An open, plain registry over the same storage, to seed and to verify one that is neither.
    public func backDoor() throws -> DockerRegistry {
        try DockerRegistry(Options { $0.storage = .shared(storage) })
    }

    /// Copies what it holds aside, to be laid back by `restart(with:)`; the copy goes when the registry goes.
    public func snapshot() throws -> Storage {
        let copy = folder.file("snapshot-\(UUID().uuidString)")
        try Program("cp", ["-a", storage, copy]).succeed()
        return .copy(of: copy)
    }

    private func end(keeping: Bool) {
        program.with { running in
            running?.stop(keeping: keeping)
            running = nil
        }
    }

    private func start() throws {
        let config = try folder.write(
            RegistryConfig(options, endpoint, storage, folder).text, to: "config.yml")
        try folder.write(RegistryConfig.passwords, to: "htpasswd")
        let started = try KeptProgram(
            [RegistryBinary.find(), "serve", config], log: folder.file("log"), deleting: folder.path)
        program.with { $0 = started }
        let isUp = eventually(within: 20) { !started.isRunning || answers() }
        guard isUp, started.isRunning else {
            let said = log.suffix(600)
            end(keeping: true)
            throw LabError("docker-registry on \(endpoint) does not answer: \(said)")
        }
    }

    private func answers() -> Bool {
        guard options.tls == nil else {
            guard let socket = try? Socket.connected(to: endpoint) else { return false }
            socket.close()
            return true
        }
        // Another registry's answer on a port that both wanted is none of ours.
        return (try? RawClient(endpoint).send("GET", "/v2/"))?.headers["X-Lab"] == RegistryConfig.mark(folder)
    }

    private static func lay(_ state: Storage, in folder: TemporaryFolder) throws -> String {
        let own = folder.file("storage")
        switch state {
        case .empty: try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        case .copy(let other): try Program("cp", ["-a", other, own]).succeed()
        case .shared(let other): return other
        }
        return own
    }
}

import HTTP
import HTTPTypes
import Registry

/// Keys of an ECS task's role or an EKS pod's identity, handed out beside the container.
struct ContainerKeys: KeyProvider {
    static let place = "the container's credentials"

    /// ECS's own address.
    static let ecs = Origin(isSecure: false, host: "169.254.170.2")
    /// Where plain HTTP is spoken to: ECS, EKS over IPv4 and IPv6, and this machine. Nobody else may read the token.
    private static let hosts: Set<String> = [
        ecs.host, "169.254.170.23", "fd00:ec2::23", "localhost", "::1",
    ]
    private static let largestToken = 64 << 10

    let environment: LoginEnvironment
    let transport: any Transport
    let time: Timekeeper

    func find() async throws(AWSError) -> Finding {
        guard let address = try address() else {
            return .absent("neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor …_FULL_URI is set")
        }
        var request = Request(.get, address, headers: [.accept: "application/json"])
        request.headers[.authorization] = try token()?.reveal()
        let service = LocalService(
            transport: transport, time: time, place: Self.place, patience: .seconds(2), tries: 3)
        let response = try await service.ask(request)
        guard let fields = KeyFields(response.body) else {
            throw .keys(at: Self.place, "the answer at \(address.origin) is no JSON of keys")
        }
        return .found(try fields.keys(from: Self.place))
    }

    private func address() throws(AWSError) -> Address? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/") else {
                throw .keys(at: Self.place, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path")
            }
            return Address(origin: Self.ecs, target: path)
        }
        guard let text = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        let address: Address
        do { address = try Address(text) } catch {
            throw .keys(at: Self.place, "AWS_CONTAINER_CREDENTIALS_FULL_URI: \(error)")
        }
        let origin = address.origin
        guard origin.isSecure || Self.hosts.contains(origin.host) || Self.isLoopback(origin) else {
            throw .keys(
                at: Self.place,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI names \(origin.host.printable(atMost: 100)) by plain http; "
                    + "that is spoken with this machine and the container services alone, with others https")
        }
        return address
    }

    /// `127.0.0.0/8`; other names of loopback are not taken, whatever they resolve to.
    private static func isLoopback(_ origin: Origin) -> Bool {
        origin.isLoopback && origin.host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 < UInt8(ascii: ":") }
    }

    /// What the service wants to see; the file comes first, and is read anew each time, since it is rotated.
    private func token() throws(AWSError) -> Secret? {
        var text = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            let bytes: [UInt8]?
            do { bytes = try LocalFile.read(path, atMost: Self.largestToken) } catch {
                throw .keys(at: Self.place, "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: \(error)")
            }
            guard let bytes else {
                throw .keys(
                    at: Self.place, "the file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names is not there")
            }
            text = String(decoding: bytes, as: UTF8.self)
        }
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .keys(at: Self.place, "the authorization token holds a line break, or what no token holds")
        }
        return Secret(text)
    }
}

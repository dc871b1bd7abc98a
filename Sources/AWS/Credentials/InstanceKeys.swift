import HTTP
import HTTPTypes
import Registry

/// Keys of an EC2 instance's role, from its metadata service, version 2 alone: a token first, then the role, then its
/// keys (EC2 User Guide, "Use IMDSv2").
struct InstanceKeys: KeyProvider {
    static let place = "the instance metadata service"
    private static let roles = "latest/meta-data/iam/security-credentials/"

    let environment: LoginEnvironment
    let transport: any Transport
    let time: Timekeeper
    let clock: WallClock

    func find() async throws(AWSError) -> Finding {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else {
            return .absent("AWS_EC2_METADATA_DISABLED is true")
        }
        let base = try base()
        // Off EC2 nobody answers, or a stranger does: that is no fault, there is just nothing here.
        let token: Response
        do { token = try await service.ask(tokenRequest(base), isFinal: { $0 < 500 }) } catch
            where error.kind != .cancelled
        {
            return .absent("no instance metadata service answers at \(base.origin)")
        }
        guard token.status == 200, let text = Self.line(token.body) else {
            return .absent("the instance metadata service gives no token (status \(token.status))")
        }
        return try await keys(base, Secret(text))
    }

    private var service: LocalService {
        let seconds = environment["AWS_METADATA_SERVICE_TIMEOUT"].flatMap { Int($0) } ?? 1
        let tries = environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"].flatMap { Int($0) } ?? 1
        return LocalService(
            transport: transport, time: time, place: Self.place,
            patience: .seconds(min(max(seconds, 1), 60)), tries: min(max(tries, 1), 10))
    }

    private func keys(_ base: Address, _ token: Secret) async throws(AWSError) -> Finding {
        func ask(_ path: String) async throws(AWSError) -> Response {
            let headers: HTTPFields = [.metadataToken: token.reveal()]
            return try await service.ask(
                Request(.get, base.below(path), headers: headers), isFinal: { $0 == 404 })
        }
        let answer = try await ask(Self.roles)
        guard answer.status == 200, let role = Self.line(answer.body) else {
            return .absent("the instance has no role")
        }
        let written = try await ask(Self.roles + Address.encode(role))
        guard written.status == 200, let fields = KeyFields(written.body) else {
            throw .keys(at: Self.place, "the answer is no JSON of keys")
        }
        guard fields.code ?? "Success" == "Success" else {
            throw .keys(
                at: Self.place,
                "the role has no keys (\((fields.code ?? "").printable(atMost: 60))); see whether EC2 may assume it"
            )
        }
        return .found(extended(try fields.keys(from: Self.place)))
    }

    private func tokenRequest(_ base: Address) -> Request {
        Request(.put, base.below("latest/api/token"), headers: [.metadataTokenLife: "21600"])
    }

    /// Where the service is; the address itself is the machine's own network, which no name stands for.
    private func base() throws(AWSError) -> Address {
        let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let text =
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
        do { return try Address(text) } catch {
            throw .keys(at: Self.place, "AWS_EC2_METADATA_SERVICE_ENDPOINT: \(error)", .setting)
        }
    }

    /// Where the service can't renew keys it hands out the old ones; AWS still takes them for a while then.
    private func extended(_ keys: AccessKeys) -> AccessKeys {
        guard let expiry = keys.expiry, expiry <= clock.seconds() + 900 else { return keys }
        var keys = keys
        keys.expiry = clock.seconds() + 900 + Int64(120 + time.chance() * 480)
        return keys
    }

    private static func line(_ body: [UInt8]) -> String? {
        let text = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first
        guard let text, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(text)
    }
}

extension Address {
    /// What lies below this address.
    func below(_ path: String) -> Address {
        Address(origin: origin, target: target.hasSuffix("/") ? target + path : target + "/" + path)
    }
}

extension HTTPField.Name {
    /// The token that each question must bring.
    static let metadataToken = other("x-aws-ec2-metadata-token")
    /// How many seconds a token is asked for.
    static let metadataTokenLife = other("x-aws-ec2-metadata-token-ttl-seconds")
}

import Registry

/// Where a secret, or another text of ours, is kept in AWS.
public enum SecretPlace: Hashable, Sendable, CustomStringConvertible {
    /// A parameter of Systems Manager; `nil`: in the region of the session, or of the ARN that its name is.
    case parameter(name: String, region: Region?)
    /// A secret of Secrets Manager; the same.
    case secret(name: String, region: Region?)

    /// `parameter 'drh-credentials' in us-east-1`
    public var description: String {
        let (kind, name, region) =
            switch self {
            case .parameter(let name, let region): ("parameter", name, region)
            case .secret(let name, let region): ("secret", name, region)
            }
        return "\(kind) '\(name.printable(atMost: 200))'" + (region.map { " in \($0)" } ?? "")
    }
}

extension AWSSession {
    /// Reads what is kept somewhere, now.
    public func text(at place: SecretPlace) async throws(AWSError) -> Secret {
        switch place {
        case .parameter(let name, let region):
            try await ParameterStore(client(.ssm, in: region ?? Region(ofARN: name))).value(of: name)
        case .secret(let name, let region):
            try await SecretsManager(client(.secretsManager, in: region ?? Region(ofARN: name)))
                .value(of: name)
        }
    }

    /// A session with the keys that a secret holds, read with this session's when they are wanted.
    ///
    /// They are read again where AWS refuses them, and where they end.
    public func opening(_ place: SecretPlace) -> AWSSession {
        with(
            RefreshedKeys(
                StoredKeys(session: self, place: place), place: "\(place)", clock: ground.clock))
    }
}

extension Region {
    /// The region that an ARN names; `nil` of what is no ARN, or one without a region.
    public init?(ofARN arn: String) {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn", let region = try? Region(String(parts[3])) else {
            return nil
        }
        self = region
    }
}

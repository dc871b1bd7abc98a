import Registry

/// The places that keys are looked for in, in botocore's order.
struct DefaultChain {
    private let settings: AWSSettings
    private let ground: AWSGround

    init(_ settings: AWSSettings, on ground: AWSGround) {
        (self.settings, self.ground) = (settings, ground)
    }

    /// The whole chain.
    var provider: any KeyProvider {
        var providers: [any KeyProvider] = []
        let isNamed = settings.named != nil
        if !isNamed { providers.append(environmentKeys) }
        let name = settings.profileName
        if let profile = settings.profile, profile.isRole {
            providers.append(ProfileRoleKeys(profile, visited: [name], chain: self))
        }
        providers += ofProfile(name, settings.profile, readsEnvironment: !isNamed)
        return KeyChain(providers + [containerKeys, instanceKeys])
    }

    /// What a profile may hold besides a role: web identity, keys in the credentials file, a program, keys in the
    /// configuration file.
    func ofProfile(_ name: String, _ profile: Profile?, readsEnvironment: Bool) -> [any KeyProvider] {
        let profile = profile ?? Profile(name: name, settings: [:])
        var providers: [any KeyProvider] = [
            ProfileWebIdentityKeys(
                settings: settings, profile: profile, readsEnvironment: readsEnvironment, ground: ground)
        ]
        providers.append(ProfileKeys(name: name, settings: profile.sharedKeys, file: "credentials"))
        if let command = profile["credential_process"] {
            providers.append(
                ProcessKeys(
                    profile: name, command: Secret(command), environment: settings.environment,
                    time: ground.time))
        }
        providers.append(ProfileKeys(name: name, settings: profile.ownKeys, file: "configuration"))
        if profile["sso_session"] ?? profile["sso_start_url"] != nil {
            providers.append(
                NoKeys(reason: "profile '\(name)' signs in by SSO, which is not read: \(Self.export)"))
        }
        return providers
    }

    private static let export =
        "give another profile credential_process = aws configure export-credentials --format process --profile …"

    /// The place that `credential_source` names.
    func source(_ name: String) -> (any KeyProvider)? {
        switch name {
        case "Environment": environmentKeys
        case "Ec2InstanceMetadata": instanceKeys
        case "EcsContainer": containerKeys
        default: nil
        }
    }

    /// A role, taken on with keys from a place.
    func role(_ role: Role, with source: any KeyProvider, place: String) throws(AWSError) -> RoleKeys {
        let keys = RefreshedKeys(source, place: place, clock: ground.clock)
        return RoleKeys(role: role, sts: try settings.sts(for: role, keys: keys, on: ground))
    }

    /// The profile of a name.
    func profile(_ name: String) -> Profile? { settings.profiles[name] }

    private var environmentKeys: EnvironmentKeys { EnvironmentKeys(environment: settings.environment) }
    private var containerKeys: ContainerKeys {
        ContainerKeys(environment: settings.environment, transport: ground.transport, time: ground.time)
    }
    private var instanceKeys: InstanceKeys {
        InstanceKeys(
            environment: settings.environment, transport: ground.transport, time: ground.time,
            clock: ground.clock)
    }
}

/// A place that has no keys, and says why.
private struct NoKeys: KeyProvider {
    let reason: String

    func find() async throws(AWSError) -> Finding { .absent(reason) }
}

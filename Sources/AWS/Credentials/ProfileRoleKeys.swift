import Registry

/// Keys of a role that a profile names, taken on with those of another profile or of a place.
///
/// What is wrong with the profile is told when its keys are wanted, and not before.
actor ProfileRoleKeys: KeyProvider {
    private let profile: Profile
    /// The profiles that led here, this one among them: none may come twice.
    private let visited: [String]
    private let chain: DefaultChain
    private var keys: RoleKeys?

    init(_ profile: Profile, visited: [String], chain: DefaultChain) {
        (self.profile, self.visited, self.chain) = (profile, visited, chain)
    }

    func find() async throws(AWSError) -> Finding {
        if let keys { return try await keys.find() }
        let made = try chain.role(role(), with: source(), place: "the source of \(place)")
        keys = made
        return try await made.find()
    }

    private var place: String { "profile '\(profile.name)'" }

    private func wrong(_ detail: String) -> AWSError { .keys(at: place, detail, .setting) }

    private func role() throws(AWSError) -> Role {
        if profile["mfa_serial"] != nil {
            throw wrong("its role wants a code of a device, which davit can't ask for; use another profile")
        }
        let role = Role(
            arn: profile["role_arn"] ?? "", externalID: profile["external_id"],
            sessionName: profile["role_session_name"],
            duration: profile["duration_seconds"].flatMap { Int($0) })
        try role.check(at: place)
        return role
    }

    private func source() throws(AWSError) -> any KeyProvider {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (nil, nil): throw wrong("role_arn stands there without source_profile or credential_source")
        case (_?, _?): throw wrong("both source_profile and credential_source stand there")
        case (nil, let name?):
            guard let source = chain.source(name) else {
                throw wrong(
                    "credential_source is Environment, Ec2InstanceMetadata or EcsContainer, not "
                        + "'\(name.printable(atMost: 60))'")
            }
            return source
        case (let name?, nil): return try source(profile: name)
        }
    }

    private func source(profile name: String) throws(AWSError) -> any KeyProvider {
        guard let source = chain.profile(name) else {
            throw wrong("there is no profile '\(name.printable(atMost: 100))', which source_profile names")
        }
        // A profile may name itself, where keys stand in it that the role is taken on with.
        let isSelf = name == profile.name && source.holdsKeys
        guard !visited.contains(name) || isSelf else {
            throw wrong(
                "source_profile goes round in a circle: \((visited + [name]).joined(separator: " → "))")
        }
        guard source.isRole, !source.holdsKeys else {
            return KeyChain(chain.ofProfile(name, source, readsEnvironment: false))
        }
        return ProfileRoleKeys(source, visited: visited + [name], chain: chain)
    }
}

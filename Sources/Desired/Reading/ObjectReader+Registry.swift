extension ObjectReader {
    mutating func registry(
        _ name: String, _ spec: Fields
    ) -> (registry: RegistryDeclaration, uses: [NamedPlace])? {
        if let folder = spec["layout"] { return layout(name, folder, spec) }
        let uses = credentialUses(spec)
        let tls = spec["tls"]?.fields.map { self.tls($0) } ?? TLSDeclaration()
        let limits = spec["limits"]?.fields.map { self.limits($0) } ?? RegistryLimits()
        let chunkSize = self.chunkSize(spec["chunkSize"])
        let endpoints = self.endpoints(spec["endpoints"]?.fields)
        let settings = repositorySettings(spec["createRepositories"])
        guard var registry = place(name, spec) else { return nil }
        registry.credentials = uses.map(\.use)
        registry.tls = tls
        registry.limits = limits
        registry.chunkSize = chunkSize
        registry.endpoints = endpoints
        registry.createRepositories = settings
        refuseForeign(spec, registry)
        return (registry, uses.map(\.named))
    }

    /// Where a registry is.
    private mutating func place(_ name: String, _ spec: Fields) -> RegistryDeclaration? {
        if let ecr = spec["ecr"]?.fields {
            return self.ecr(ecr).map { RegistryDeclaration(name: name, ecr: $0) }
        }
        if spec["ecrPublic"] != nil {
            var registry = RegistryDeclaration(name: name, host: ECRHost.publicHost)
            registry.isECRPublic = true
            return registry
        }
        return read(spec["host"]) { text throws(HostNameError) in
            RegistryDeclaration(name: name, host: try HostName(text).text)
        }
    }

    /// Keys that mean something at ECR alone, or nothing there.
    private mutating func refuseForeign(_ spec: Fields, _ registry: RegistryDeclaration) {
        for member in spec.members
        where ["endpoints", "createRepositories"].contains(member.name) && !registry.isLikeECR {
            refuse(
                "\(member.name.quoted) has no effect with \(registry.host.quoted)",
                at: shapes.place(of: member.key), hint: ECRHost.onlyHint)
        }
        if registry.isLikeECR, !registry.isLikeECRPublic,
            let key = spec.members.first(where: { $0.name == "chunkSize" })?.key
        {
            refuse(
                "'chunkSize' has no effect here", at: shapes.place(of: key),
                hint: "ECR takes any blob in one piece, and does not say how far one in pieces has come")
        }
        if registry.isLikeECRPublic {
            for setting in privateSettings(spec["createRepositories"]) {
                refuse(ECRHost.unknownToPublic(setting.name), at: setting.place)
            }
        }
        let isByURL = registry.ecr != nil || registry.isECRPublic || registry.endpoints.registry != nil
        guard isByURL, let key = spec["tls"]?.fields?.members.first(where: { $0.name == "plainHTTP" })?.key
        else { return }
        refuse(
            "'plainHTTP' has no effect here", at: shapes.place(of: key),
            hint: "the URL under 'endpoints' says how the registry is spoken to")
    }

    /// A folder is not spoken to over a line: what says how a line is opened, secured or spared means nothing here.
    private mutating func layout(_ name: String, _ folder: Value, _ spec: Fields) -> (
        registry: RegistryDeclaration, uses: [NamedPlace]
    )? {
        for member in spec.members where !["layout", "host"].contains(member.name) {
            refuse("\(member.name.quoted) has no effect with 'layout'", at: shapes.place(of: member.key))
        }
        return layoutPath(folder).map { (RegistryDeclaration(name: name, layout: $0), []) }
    }

    /// The absolute path of a folder that davit may write into for this manifest.
    private mutating func layoutPath(_ value: Value) -> String? {
        guard let text = value.text else { return nil }
        do throws(FileAccess.Refusal) { return try file.access.layout(at: text) } catch {
            let hint = "let its folder in with --layouts-dir"
            switch error {
            case .absolute:
                refuse(
                    "the path \(text.quoted) is absolute", at: value,
                    hint: "write it from the manifest's folder, or \(hint)")
            case .outside:
                refuse(
                    "\(text.quoted) leads out of the manifests' folder", at: value,
                    hint: "links are followed; \(hint)")
            case .homeless:
                refuse(
                    "a manifest from standard input can't use \(text.quoted)", at: value,
                    hint: "it stands in no folder: only folders inside --layouts-dir can be named")
            case .hidden:
                refuse(
                    "\(text.quoted) leads into a hidden folder", at: value,
                    hint: "inside the manifests' folder no name of it may begin with '.'")
            case .missing: refuse("\(text.quoted) is no path", at: value)
            case .notAFile: refuse("\(text.quoted) is a file, and no folder", at: value)
            }
            return nil
        }
    }

    /// Object stores behind registries take no piece below 5 MiB but the last.
    private static let leastChunk: Int64 = 5 << 20

    mutating func chunkSize(_ value: Value?) -> Int64? {
        let size = read(value) { text throws(ByteSizeError) in try ByteSize(text) }
        guard let value, let size else { return nil }
        guard size.bytes >= Self.leastChunk else {
            refuse(
                "\((value.text ?? "").quoted) is too small for a piece", at: value,
                hint: "write '5MiB' or more")
            return nil
        }
        return size.bytes
    }

    private func credentialUses(_ spec: Fields) -> [(use: CredentialUse, named: NamedPlace)] {
        if let value = spec["credential"], let name = value.text {
            return [(CredentialUse(credential: name), NamedPlace(name: name, place: place(of: value)))]
        }
        return (spec["credentials"]?.list ?? []).compactMap { item in
            guard let fields = item.fields, let value = fields["use"], let name = value.text else {
                return nil
            }
            let paths = (fields["paths"]?.list ?? []).compactMap(\.text).map(Glob.init)
            return (
                CredentialUse(paths: paths, credential: name), NamedPlace(name: name, place: place(of: value))
            )
        }
    }

    private mutating func tls(_ fields: Fields) -> TLSDeclaration {
        for member in fields.members { refuseIdle(member, fields) }
        return TLSDeclaration(
            caFile: fields["caFile"].flatMap { path($0) },
            clientCertificate: fields["clientCertificate"].flatMap { path($0) },
            clientKey: fields["clientKey"].flatMap { path($0) },
            plainHTTP: fields["plainHTTP"]?.flag,
            insecureSkipVerify: fields["insecureSkipVerify"]?.flag ?? false)
    }

    /// A key that another one makes meaningless would be accepted and ignored.
    private mutating func refuseIdle(_ member: Fields.Member, _ fields: Fields) {
        let place = shapes.place(of: member.key)
        if fields["plainHTTP"]?.flag == true, member.name != "plainHTTP", member.value.flag != false {
            refuse("\(member.name.quoted) has no effect with 'plainHTTP: true'", at: place)
        } else if fields["insecureSkipVerify"]?.flag == true, member.name == "caFile" {
            refuse("'caFile' has no effect with 'insecureSkipVerify: true'", at: place)
        }
    }
}

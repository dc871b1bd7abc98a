extension ObjectReader {
    mutating func registry(
        _ name: String, _ spec: Fields
    ) -> (registry: RegistryDeclaration, uses: [NamedPlace])? {
        let uses = credentialUses(spec)
        let tls = spec["tls"]?.fields.map { self.tls($0) } ?? TLSDeclaration()
        let limits = spec["limits"]?.fields.map { self.limits($0) } ?? RegistryLimits()
        guard let host = read(spec["host"], { text throws(HostNameError) in try HostName(text) }) else {
            return nil
        }
        let registry = RegistryDeclaration(
            name: name, host: host.text, credentials: uses.map(\.use), tls: tls,
            limits: limits)
        return (registry, uses.map(\.named))
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

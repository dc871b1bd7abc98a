extension ObjectReader {
    mutating func registry(
        _ name: String, _ spec: Fields
    ) -> (registry: RegistryDeclaration, uses: [NamedPlace])? {
        let uses = credentialUses(spec)
        let tls = spec["tls"]?.fields.map { self.tls($0) } ?? TLSDeclaration()
        let chunkSize = self.chunkSize(spec["chunkSize"])
        guard let host = read(spec["host"], { text throws(HostNameError) in try HostName(text) }) else {
            return nil
        }
        let registry = RegistryDeclaration(
            name: name, host: host.text, credentials: uses.map(\.use), tls: tls,
            concurrency: spec["limits"]?.fields?["concurrency"]?.whole ?? 32, chunkSize: chunkSize)
        return (registry, uses.map(\.named))
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

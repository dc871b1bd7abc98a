extension ObjectReader {
    mutating func credential(_ name: String, _ spec: Fields) -> (credential: Credential, via: NamedPlace?)? {
        let hosts = (spec["hosts"]?.list ?? []).compactMap { hostPattern($0) }
        let via = named(spec["via"])
        guard let source = credentialSource(spec) else { return nil }
        return (Credential(name: name, source: source, hosts: hosts, via: via?.name), via)
    }

    private mutating func credentialSource(_ spec: Fields) -> Credential.Source? {
        if let docker = spec["dockerConfig"]?.fields { return dockerConfig(docker) }
        if let helper = spec["helper"] { return helperProgram(helper) }
        if let variables = spec["env"]?.fields { return environment(variables) }
        if let file = spec["file"]?.fields { return secretFile(file) }
        if let parameter = spec["ssmParameter"]?.fields {
            return regionalName(parameter, AmazonName.parameter)
                .map { .ssmParameter(name: $0.name, region: $0.region) }
        }
        if let secret = spec["secretsManager"]?.fields {
            return regionalName(secret, AmazonName.secret)
                .map { .secretsManager(name: $0.name, region: $0.region) }
        }
        if let profile = spec["awsProfile"]?.fields {
            return amazon(profile["name"], AmazonName.profile).map { .awsProfile(name: $0) }
        }
        if let role = spec["assumeRole"]?.fields { return self.role(role).map { .assumeRole($0) } }
        return spec["anonymous"].map { _ in .anonymous }
    }

    private mutating func dockerConfig(_ fields: Fields) -> Credential.Source? {
        guard let file = fields["file"] else { return .dockerConfig(path: nil) }
        return path(file).map { .dockerConfig(path: $0) }
    }

    /// A helper is a program that is run: its name must not lead to another one.
    private mutating func helperProgram(_ value: Value) -> Credential.Source? {
        guard let text = value.text else { return nil }
        guard text.utf8.allSatisfy({ Self.isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }) else {
            refuse(
                "\(text.quoted) is no name of a helper", at: value,
                hint: "it has a-z, 0-9 and '-' alone; 'ecr-login' runs docker-credential-ecr-login")
            return nil
        }
        return .helper(name: text)
    }

    private mutating func environment(_ fields: Fields) -> Credential.Source? {
        if let token = fields["token"] { return variableName(token).map(Credential.Source.environmentToken) }
        let (username, password) = (variableName(fields["username"]), variableName(fields["password"]))
        guard let username, let password else { return nil }
        return .environment(username: username, password: password)
    }

    private mutating func variableName(_ value: Value?) -> String? {
        guard let value, let name = value.text else { return nil }
        guard Variables.isName(name) else {
            refuse(
                "\(name.quoted) is no name of a variable", at: value,
                hint: "this is a name, never the secret itself")
            return nil
        }
        // What `${…}` can print is no place for a secret, and what is a secret for other programs is not davit's.
        guard name.hasPrefix("DAVIT_"), !name.hasPrefix("DAVIT_VAR_") else {
            refuse(
                "the variable \(name.quoted) can't be a credential", at: value,
                hint: "only DAVIT_* can, but for DAVIT_VAR_*; put the secret into one of those")
            return nil
        }
        return name
    }

    private mutating func secretFile(_ fields: Fields) -> Credential.Source? {
        let path = fields["path"].flatMap { self.path($0) }
        guard let path, let format = fields["format"]?.text.flatMap(Credential.FileFormat.init) else {
            return nil
        }
        return .file(path: path, format: format)
    }

    private mutating func hostPattern(_ value: Value) -> String? {
        read(value, hint: "write a host such as 'registry.example.com:5000' or '*.example.com'") {
            text throws(HostNameError) in
            guard text.hasPrefix("*.") else { return try HostName(text).text }
            do throws(HostNameError) {
                return "*." + (try HostName(String(text.dropFirst(2))).text)
            } catch { throw .name(text) }
        }
    }

    /// The absolute path of a file that the manifest names and may read.
    mutating func path(_ value: Value) -> String? {
        guard let text = value.text else { return nil }
        do throws(FileAccess.Refusal) {
            return try file.access.file(at: text)
        } catch {
            let place = "inside the folder of the manifests"
            switch error {
            case .absolute:
                refuse(
                    "the path \(text.quoted) is absolute", at: value,
                    hint: "write it from the manifest's folder, or let its folder in with --secrets-dir")
            case .outside:
                refuse(
                    "\(text.quoted) leads out of the manifests' folder", at: value,
                    hint: "links are followed: the file must be \(place) or the one given by --secrets-dir")
            case .homeless:
                refuse(
                    "a manifest from standard input can't read \(text.quoted)", at: value,
                    hint: "it stands in no folder: only files inside --secrets-dir can be named")
            case .missing, .hidden: refuse("the file \(text.quoted) is not there", at: value)
            case .notAFile: refuse("\(text.quoted) is no file", at: value)
            }
            return nil
        }
    }
}

/// The configuration file of one docker-registry.
struct RegistryConfig {
    let text: String

    /// Bcrypt lines for `Login.captain` and `Login.bosun`.
    static let passwords = """
        captain:$2y$05$H51mNVH2mOY0C3M7ahjAWO.gEKjVmp6B63NmVn6NQnoFs7K.7dL7C
        bosun:$2y$05$shv2JUieR2BU8OlcIeAq8uo8iTBans3c5xVNKK/Op3/ALisW4hD4y

        """

    /// What this registry, and no other, puts into the X-Lab field of its answers.
    static func mark(_ folder: TemporaryFolder) -> String {
        String(folder.path.split(separator: "/").last ?? "")
    }

    init(
        _ options: DockerRegistry.Options, _ endpoint: Endpoint, _ storage: String, _ folder: TemporaryFolder
    ) {
        var lines = """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: '\(storage)', maxthreads: 100}
              delete: {enabled: \(options.deletes)}
              cache: {blobdescriptor: inmemory}
              maintenance: {uploadpurging: {enabled: false}}
            validation: {manifests: {urls: {allow: [\(options.foreignLayers ? "'^https?://'" : "")]}}}
            http:
              addr: \(endpoint)
              secret: harbour
              relativeurls: \(options.relativeLocations)
              headers: {X-Lab: ['\(Self.mark(folder))']}

            """
        if let tls = options.tls {
            lines += "  tls:\n    certificate: '\(tls.serverCertificate)'\n    key: '\(tls.serverKey)'\n"
            if options.clientCertificates { lines += "    clientcas: ['\(tls.certificate)']\n" }
        }
        if options.passwords {
            lines += "auth: {htpasswd: {realm: harbour, path: '\(folder.file("htpasswd"))'}}\n"
        } else if let tokens = options.tokens {
            lines += """
                auth:
                  token:
                    realm: \(tokens.realm)
                    service: \(tokens.service)
                    issuer: \(tokens.issuer)
                    rootcertbundle: '\(tokens.certificate)'

                """
        }
        text = lines
    }
}

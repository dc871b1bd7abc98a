import HTTP
import Registry

/// What the environment and a profile say of AWS. Nothing is asked of anybody.
struct AWSSettings: Sendable {
    let environment: LoginEnvironment
    let profiles: Profiles
    /// The profile that was named here, and not by the environment: then the environment's keys are not looked at.
    let named: String?

    /// Reads the profiles' files.
    init(_ environment: LoginEnvironment, profile named: String?) throws(AWSError) {
        self.environment = environment
        self.named = named
        profiles = try Profiles(environment)
        guard profile != nil || !isProfileNamed else {
            throw AWSError(
                .setting, at: "profile '\(profileName.printable(atMost: 100))'", while: "find keys",
                detail: "there is no such profile in the configuration file or the credentials file")
        }
    }

    /// The profile's name, wherever it comes from.
    var profileName: String {
        named ?? environment["AWS_DEFAULT_PROFILE"] ?? environment["AWS_PROFILE"] ?? "default"
    }

    /// The profile, where there is one of that name.
    var profile: Profile? { profiles[profileName] }

    private var isProfileNamed: Bool {
        named != nil || environment["AWS_DEFAULT_PROFILE"] != nil || environment["AWS_PROFILE"] != nil
    }

    /// A setting that stands in the environment or in the profile.
    private func setting(_ variables: String..., or name: String) -> String? {
        variables.lazy.compactMap { environment[$0] }.first ?? profile?[name]
    }

    /// The region where nothing else says one. `AWS_REGION`, which most of AWS's tools read, comes before
    /// `AWS_DEFAULT_REGION`, the only one that its older ones do.
    func region() throws(AWSError) -> Region? {
        guard let text = setting("AWS_REGION", "AWS_DEFAULT_REGION", or: "region") else { return nil }
        do { return try Region(text) } catch {
            throw AWSError(.setting, at: "AWS", while: "find the region", detail: "\(error)")
        }
    }

    /// Which form of endpoints is wanted.
    var choice: EndpointChoice {
        EndpointChoice(
            isFIPS: setting("AWS_USE_FIPS_ENDPOINT", or: "use_fips_endpoint")?.lowercased() == "true",
            isDualStack: setting("AWS_USE_DUALSTACK_ENDPOINT", or: "use_dualstack_endpoint")?.lowercased()
                == "true")
    }

    /// Where a service's API is, where that is said: a variable of its own, one of all services', the profile's
    /// `services`, the profile.
    func override(of service: Service) throws(AWSError) -> Address? {
        let isIgnored = setting(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", or: "ignore_configured_endpoint_urls")
        guard isIgnored?.lowercased() != "true" else { return nil }
        let found =
            environment["AWS_ENDPOINT_URL_\(service.id)"] ?? environment["AWS_ENDPOINT_URL"]
            ?? profile.flatMap { profiles.service(service, of: $0)["endpoint_url"] ?? $0["endpoint_url"] }
        guard let found else { return nil }
        do { return try Address(found) } catch {
            throw AWSError(
                .setting, at: service.name, while: "find its endpoint", detail: "AWS_ENDPOINT_URL: \(error)")
        }
    }

    /// How connections are secured.
    var security: Security { Security(caFile: setting("AWS_CA_BUNDLE", or: "ca_bundle")) }

    /// The endpoint of a service.
    ///
    /// - Parameters:
    ///   - api: where we connect instead of where the region's rules say; signatures stay the region's.
    func endpoint(of service: Service, in region: Region, choice: EndpointChoice? = nil, api: Address? = nil)
        throws(AWSError) -> Endpoint
    {
        let choice = choice ?? self.choice
        var address = api
        if address == nil { address = try override(of: service) }
        guard let address else {
            return Endpoint(of: service, in: region, choice)
        }
        guard choice == EndpointChoice() else {
            throw AWSError(
                .setting, at: service.name, while: "find its endpoint",
                detail: "an endpoint of your own has no FIPS or dual-stack form; leave one of both out")
        }
        return Endpoint(address: address, signingRegion: region.description)
    }
}

import FoundationEssentials
import Registry

/// The profiles of `~/.aws/config` and `~/.aws/credentials`, or of the files that the environment names.
struct Profiles: Sendable {
    /// Settings larger than this are none.
    private static let largest = 1 << 20

    private var profiles: [String: Profile] = [:]
    private var services: [String: [String: ConfigFile.Entry]] = [:]

    /// No profile at all.
    init() {}

    /// Reads both files; one that does not exist holds nothing.
    init(_ environment: LoginEnvironment) throws(AWSError) {
        let config = try Self.read(environment["AWS_CONFIG_FILE"] ?? "~/.aws/config", environment)
        let shared = try Self.read(
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials", environment)
        for (title, settings) in config.sections {
            let words = ShellWords.split(title) ?? []
            if title == "default" || (words.count == 2 && words[0] == "profile") {
                let name = words.last ?? title
                profiles[name] = Profile(name: name, settings: settings, ownKeys: settings)
            } else if words.count == 2, words[0] == "services" {
                services[words[1]] = settings
            }
        }
        for (name, settings) in shared.sections {
            profiles[name, default: Profile(name: name, settings: [:])].settings
                .merge(settings) { $1 }
            profiles[name]?.sharedKeys = settings
        }
    }

    /// The profile of a name.
    subscript(name: String) -> Profile? { profiles[name] }

    /// The part of `services` that a profile names, for a service: `[services NAME]`, `ecr =`, `  endpoint_url = …`.
    func service(_ service: Service, of profile: Profile) -> [String: String] {
        guard let name = profile["services"],
            case .table(let table)? = services[name]?[service.id.lowercased()]
        else { return [:] }
        return table
    }

    private static func read(_ path: String, _ environment: LoginEnvironment) throws(AWSError) -> ConfigFile {
        guard let path = LocalFile.expand(path, environment), let bytes = try content(path) else {
            return ConfigFile()
        }
        do { return try ConfigFile(String(decoding: bytes, as: UTF8.self)) } catch {
            throw AWSError(.setting, at: path, while: "read profiles", detail: "\(error)")
        }
    }

    private static func content(_ path: String) throws(AWSError) -> [UInt8]? {
        do { return try LocalFile.read(path, atMost: largest) } catch {
            throw AWSError(.setting, at: path, while: "read profiles", detail: error.description)
        }
    }
}

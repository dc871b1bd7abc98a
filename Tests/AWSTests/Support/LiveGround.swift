import AWS
import HTTP
import Lab
import Registry

/// The surroundings of one test: files, variables, a transport that is the real one, and time that does not pass.
struct LiveGround {
    let folder: TemporaryFolder
    let loop: CurlLoop
    let clock = SetClock()
    let waits = Guarded<[Duration]>([])

    init() throws {
        folder = try TemporaryFolder("aws")
        loop = try CurlLoop()
    }

    func ground(_ transport: (any Transport)? = nil) -> AWSGround {
        AWSGround.quick(transport ?? loop, clock: clock, waits: waits)
    }

    /// Variables, with the profiles' files in this test's folder alone.
    func environment(_ variables: [String: String] = [:]) -> LoginEnvironment {
        let files = [
            "AWS_CONFIG_FILE": folder.file("config"),
            "AWS_SHARED_CREDENTIALS_FILE": folder.file("credentials"),
            "AWS_EC2_METADATA_DISABLED": "true", "PATH": "/usr/bin:/bin",
        ]
        return LoginEnvironment(variables: files.merging(variables) { $1 }, home: folder.path)
    }

    func session(
        _ variables: [String: String] = [:], profile: String? = nil, transport: (any Transport)? = nil
    ) throws(AWSError) -> AWSSession {
        try AWSSession(environment(variables), profile: profile, on: ground(transport))
    }

    func keys(
        _ variables: [String: String] = [:], profile: String? = nil, transport: (any Transport)? = nil
    ) async throws(AWSError) -> AccessKeys {
        try await session(variables, profile: profile, transport: transport).keys.keys()
    }
}

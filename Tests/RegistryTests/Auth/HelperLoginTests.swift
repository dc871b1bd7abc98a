import FoundationEssentials
import Registry
import Testing

@Suite("HelperLogin", .serialized) struct HelperLoginTests {
    /// A folder that stands on the helper's `PATH`, with one helper in it.
    private func helper(_ script: String) throws -> (folder: TemporaryFolder, login: HelperLogin) {
        let folder = try TemporaryFolder()
        try folder.write("docker-credential-fake", "#!/bin/sh\n" + script, executable: true)
        return (folder, HelperLogin(name: "fake", in: environment(folder)))
    }

    private func environment(_ folder: TemporaryFolder) -> LoginEnvironment {
        LoginEnvironment(variables: ["PATH": "\(folder.path):/usr/bin:/bin", "FOLDER": folder.path])
    }

    private let answering = #"""
        [ "$1" = get ] || exit 9
        read -r host
        echo "$host" >> "$FOLDER/asked"
        n=$(wc -l < "$FOLDER/asked")
        echo "{\"ServerURL\": \"$host\", \"Username\": \"u\", \"Secret\": \"secret-$n\"}"
        """#

    @Test("asks by standard input, remembers the answer, and asks again when it was refused")
    func asks() async throws {
        let (folder, source) = try helper(answering)
        let first = try await source.login(for: "r.example.com", repository: nil)
        #expect(first == .basic(username: "u", password: Secret("secret-1")))
        #expect(try await source.login(for: "r.example.com", repository: nil) == first)
        await source.refused(first, for: "r.example.com", repository: nil)
        let second = try await source.login(for: "r.example.com", repository: nil)
        #expect(second == .basic(username: "u", password: Secret("secret-2")))
        _ = try await source.login(for: "docker.io", repository: nil)
        let asked = try String(contentsOf: URL(filePath: folder.path + "/asked"), encoding: .utf8)
        #expect(asked == "r.example.com\nr.example.com\nhttps://index.docker.io/v1/\n")
    }

    @Test("starts one process for all who ask at once")
    func shares() async throws {
        let (folder, source) = try helper(answering)
        await withTaskGroup(of: Login?.self) { group in
            for _ in 0..<50 { group.addTask { try? await source.login(for: "h", repository: nil) } }
            for await login in group { #expect(login == .basic(username: "u", password: Secret("secret-1"))) }
        }
        let asked = try String(contentsOf: URL(filePath: folder.path + "/asked"), encoding: .utf8)
        #expect(asked == "h\n")
    }

    @Test("knows identity tokens and empty hands")
    func kinds() async throws {
        let token = try helper(#"echo '{"ServerURL":"h","Username":"<token>","Secret":"idt"}'"#)
        #expect(try await token.login.login(for: "h", repository: nil) == .identityToken(Secret("idt")))
        withExtendedLifetime(token.folder) {}
        let none = try helper("echo 'credentials not found in native keychain'; exit 1")
        #expect(try await none.login.login(for: "h", repository: nil) == .anonymous)
        withExtendedLifetime(none.folder) {}
    }

    @Test(
        "fails with a short word and no secret",
        arguments: [
            ("echo 'not logged in'; exit 1", LoginError.Kind.helperFailed, "not logged in"),
            ("echo '{\"Secret\":\"hunter2\"}'; exit 1", .helperFailed, "failed; run it"),
            ("echo '{\"Secret\":\"hunter2\"'", .malformed, "without Username"),
            ("echo hunter2", .malformed, "without Username"),
            ("exit 3", .helperFailed, "failed"),
            ("yes hunter2 | head -c 200000", .tooLarge, "64 KiB"),
        ])
    func fails(script: String, kind: LoginError.Kind, part: String) async throws {
        let (folder, source) = try helper(script)
        let error = await #expect(throws: LoginError.self) {
            try await source.login(for: "h", repository: nil)
        }
        withExtendedLifetime(folder) {}
        #expect(error?.kind == kind)
        #expect(error?.description.contains(part) == true)
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("docker-credential-fake") == true)
    }

    @Test("says which program is missing, and runs no path")
    func missing() async throws {
        let folder = try TemporaryFolder()
        for (name, kind) in [
            ("none-such", LoginError.Kind.missing), ("../evil", .malformed), ("", .malformed),
        ] {
            let source = HelperLogin(name: name, in: environment(folder))
            let error = await #expect(throws: LoginError.self) {
                try await source.login(for: "h", repository: nil)
            }
            #expect(error?.kind == kind)
        }
    }

    @Test("ends a helper that hangs, with what it started", .timeLimit(.minutes(3)))
    func hangs() async throws {
        let folder = try TemporaryFolder()
        try folder.write("docker-credential-fake", "#!/bin/sh\nsleep 300 | cat\n", executable: true)
        // A clock on which thirty seconds pass at once.
        let time = Timekeeper(
            now: { ContinuousClock.now }, sleep: { _ in try await Task.sleep(for: .milliseconds(200)) },
            chance: { 0 })
        let source = HelperLogin(name: "fake", in: environment(folder), time: time)
        let error = await #expect(throws: LoginError.self) {
            try await source.login(for: "h", repository: nil)
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.isTransient == true)
    }
}

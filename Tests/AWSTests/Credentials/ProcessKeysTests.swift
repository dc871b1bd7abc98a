import AWS
import Foundation
import Lab
import Registry
import Testing

@Suite("Keys of programs") struct ProcessKeysTests {
    private let ground: LiveGround

    init() throws { ground = try LiveGround() }

    /// What is made of a script that a profile names.
    private func keys(script: String, arguments: String = "", isHasty: Bool = false) async throws(AWSError)
        -> AccessKeys
    {
        let path = ground.folder.file("give keys")
        do {
            try ground.folder.write("#!/bin/sh\n\(script)\n", to: "give keys")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            try ground.folder.write(
                "[default]\ncredential_process = \"\(path)\" \(arguments)\n", to: "config")
        } catch { throw AWSError(.setting, at: "a test", while: "write a script", detail: "\(error)") }
        // On the hasty ground time does not pass: every wait is over at once.
        let base =
            isHasty ? ground.ground() : AWSGround(transport: ground.loop, clock: ground.clock.clock)
        return try await AWSSession(ground.environment(["SECRET_OF_OURS": "hush"]), on: base).keys.keys()
    }

    @Test("a program gets its words as a shell would part them, and the environment")
    func words() async throws {
        let keys = try await keys(
            script: """
                printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s","SessionToken":"%s",' "$1" "$2" "$SECRET_OF_OURS"
                echo '"Expiration":"2027-01-15T13:00:00+01:00"}'
                """, arguments: #"'a|b;c$d' "e'f"\$g"#)
        #expect(keys.id == "a|b;c$d" && keys.secret == Secret("e'f$g"))
        #expect(keys.sessionToken == Secret("hush") && keys.expiry == 1_800_014_400)
    }

    @Test(
        "what is no answer is an error, and repeats nothing",
        arguments: [
            "echo junk-hush", "echo '{}'", #"echo '{"Version":1}'"#, "true", "echo hush >&2; exit 3",
            "kill -9 $$",
            #"echo '{"Version":2,"AccessKeyId":"hush","SecretAccessKey":"hush"}'"#,
            #"printf '{"Version":1,"AccessKeyId":"a\nhush","SecretAccessKey":"hush"}'"#,
            #"echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"hush","Expiration":"hush"}'"#,
            "head -c 200000 /dev/zero", "head -c 1000 /dev/urandom",
        ])
    func junk(script: String) async throws {
        let error = await #expect(throws: AWSError.self) { try await keys(script: script) }
        #expect(error?.kind == .keys && error?.detail.contains("60 s") == false)
        #expect("\(error.map(String.init(reflecting:)) ?? "")".contains("hush") == false)
    }

    @Test(
        "no such program, and a command that is none",
        arguments: ["/no/such/program x", "no-such-program", "\"", "''"])
    func missing(command: String) async throws {
        try ground.folder.write("[default]\ncredential_process = \(command)\n", to: "config")
        let error = await #expect(throws: AWSError.self) { try await ground.keys() }
        #expect(error?.kind == .keys)
    }

    @Test("a program that hangs is ended, with all that it started")
    func hang() async throws {
        let mark = ground.folder.file("mark")
        let error = await #expect(throws: AWSError.self) {
            try await keys(script: "(sleep 1; touch \(mark)) & sleep 1000", isHasty: true)
        }
        #expect(error?.detail.contains("60 s") == true)
        try await Task.sleep(for: .seconds(2))
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("a task that is cancelled ends the program")
    func cancelled() async throws {
        let pid = ground.folder.file("pid")
        let path = ground.folder.file("slow")
        try ground.folder.write("#!/bin/sh\necho $$ >\(pid)\nexec sleep 1000\n", to: "slow")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try ground.folder.write("[default]\ncredential_process = \(path)\n", to: "config")
        let session = try AWSSession(
            ground.environment(), on: AWSGround(transport: ground.loop, clock: ground.clock.clock))
        let task = Task { try await session.keys.keys() }
        var number: Int32?
        for _ in 0..<1000 where number == nil {
            try await Task.sleep(for: .milliseconds(10))
            number = (try? String(contentsOfFile: pid, encoding: .utf8)).flatMap {
                Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        task.cancel()
        let error = await #expect(throws: AWSError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(kill(try #require(number), 0) == -1)
    }
}

import FoundationEssentials
import Registry
import Testing

@Suite("FileLogin") struct FileLoginTests {
    private static let good: [(FileLogin.Format, String, Login)] = [
        (.json, #"{"username": "u", "password": "p"}"#, .basic(username: "u", password: Secret("p"))),
        (.json, #"{"token": "t", "comment": 1}"#, .bearer(Secret("t"))),
        (.userPassword, "u:p:q\n", .basic(username: "u", password: Secret("p:q"))),
        (.userPassword, "u:p\r\n", .basic(username: "u", password: Secret("p"))),
        (.token, "t\n\n", .bearer(Secret("t"))),
    ]

    @Test("reads its formats", arguments: good)
    func reads(format: FileLogin.Format, text: String, login: Login) async throws {
        let folder = try TemporaryFolder()
        let source = FileLogin(path: try folder.write("login", text), format: format)
        #expect(try await source.login(for: "a", repository: nil) == login)
    }

    private static let bad: [(FileLogin.Format, String)] = [
        (.json, "hunter2"), (.json, #"{"username": "hunter2"}"#),
        (.json, #"{"password": "hunter2", "token": "t"}"#),
        (.userPassword, "hunter2"), (.userPassword, ":hunter2"), (.userPassword, "a:hunter2\nb:c"),
        (.token, ""),
        (.token, "\nhunter2"),
    ]

    @Test("says what is wrong without saying what is there", arguments: bad)
    func refuses(format: FileLogin.Format, text: String) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("login", text)
        let source = FileLogin(path: path, format: format)
        let error = await #expect(throws: LoginError.self) {
            try await source.login(for: "a", repository: nil)
        }
        #expect(error?.kind == .malformed)
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("reads a file anew when it changed or was replaced behind a link")
    func changes() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("one", "first")
        let source = FileLogin(path: path, format: .token)
        #expect(try await source.login(for: "a", repository: nil) == .bearer(Secret("first")))
        try folder.write("one", "second!")
        #expect(try await source.login(for: "a", repository: nil) == .bearer(Secret("second!")))
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let linked = FileLogin(path: link, format: .token)
        #expect(try await linked.login(for: "a", repository: nil) == .bearer(Secret("second!")))
        try FileManager.default.removeItem(atPath: link)
        let other = try folder.write("two", "third!!")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: other)
        #expect(try await linked.login(for: "a", repository: nil) == .bearer(Secret("third!!")))
    }

    @Test("refuses what is missing, large or no file")
    func bounds() async throws {
        let folder = try TemporaryFolder()
        let large = try folder.write("large", String(repeating: "x", count: (1 << 20) + 1))
        for (path, kind) in [
            (folder.path + "/none", LoginError.Kind.missing), (large, .tooLarge), (folder.path, .unreadable),
            ("/dev/zero", .unreadable),
        ] {
            let source = FileLogin(path: path, format: .token)
            let error = await #expect(throws: LoginError.self) {
                try await source.login(for: "a", repository: nil)
            }
            #expect(error?.kind == kind)
        }
    }
}

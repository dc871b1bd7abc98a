import Foundation
import Testing

@testable import Desired

/// Every way that an untrusted manifest could try to reach a file that is not its own.
@Suite("FileAccess") struct FileAccessTests {
    private let tree: TemporaryFolder

    init() throws {
        tree = try TemporaryFolder()
        try tree.write("outside", to: "outside.pem")
        try tree.write("own", to: "manifests/own.pem")
        try tree.write("own", to: "manifests/web/deep.pem")
        try tree.write("sibling", to: "manifests-of-others/x.pem")
        try tree.write("secret", to: "secrets/..1/token")
        try tree.link("secrets/..data", to: "..1")
        try tree.link("secrets/token", to: "..data/token")
        try tree.link("manifests/link.pem", to: "../outside.pem")
        try tree.link("manifests/chain.pem", to: "link.pem")
        try tree.link("manifests/folder", to: "..")
        try tree.link("manifests/inner.pem", to: "web/deep.pem")
        try tree.link("manifests/to-secret", to: "../secrets/token")
        try tree.link("manifests/round", to: "round")
        try tree.link("secrets/out", to: "../outside.pem")
    }

    private func access(secrets: Bool = false) -> FileAccess {
        let root = tree.path + "/manifests"
        return FileAccess(folder: root + "/web", root: root, secrets: secrets ? tree.path + "/secrets" : nil)
    }

    @Test(
        "lets no path out",
        arguments: [
            ("../../outside.pem", .outside), ("../../manifests-of-others/x.pem", .outside),
            ("../link.pem", .outside), ("../chain.pem", .outside), ("../folder/outside.pem", .outside),
            ("../folder/manifests/own.pem/../../../outside.pem", .outside), ("../to-secret", .outside),
            ("/etc/passwd", .absolute), ("../../absent.pem", .outside), ("../round", .missing),
            ("../absent.pem", .missing), ("..", .notAFile), ("../own.pem\0x", .missing),
        ] as [(String, FileAccess.Refusal)])
    func refuses(path: String, reason: FileAccess.Refusal) {
        #expect(throws: reason) { try access().file(at: path) }
    }

    @Test(
        "what is shown or sent on is neither a secret nor hidden",
        arguments: [
            ("../to-secret", .outside), ("../../secrets/token", .outside), ("../link.pem", .outside),
            ("../inside/token", .outside), ("../.git/config", .hidden), ("../web/.env", .hidden),
            ("/etc/passwd", .absolute), ("../absent.txt", .missing), ("..", .notAFile), ("x\0", .missing),
            ("../folder/manifests/.git/config", .hidden), ("../to-git", .hidden),
        ] as [(String, FileAccess.Refusal)])
    func refusesTexts(path: String, reason: FileAccess.Refusal) throws {
        try tree.write("secret", to: "manifests/inside/token")
        try tree.write("secret", to: "manifests/.git/config")
        try tree.write("secret", to: "manifests/web/.env")
        try tree.link("manifests/to-git", to: ".git/config")
        let root = tree.path + "/manifests"
        for secrets in ["/secrets", "/manifests/inside"] {
            let access = FileAccess(folder: root + "/web", root: root, secrets: tree.path + secrets)
            if secrets == "/secrets", path.hasSuffix("inside/token") { continue }
            #expect(throws: reason) { try access.text(at: path) }
        }
    }

    @Test("texts stand beside their manifest, and need one that stands somewhere")
    func texts() throws {
        #expect(try access(secrets: true).text(at: "deep.pem") == tree.path + "/manifests/web/deep.pem")
        #expect(try access().text(at: "../inner.pem") == tree.path + "/manifests/web/deep.pem")
        #expect(throws: FileAccess.Refusal.homeless) {
            try FileAccess(secrets: tree.path + "/secrets").text(at: "token")
        }
    }

    @Test("an absolute path is refused even where it leads into the manifests")
    func absolute() {
        #expect(throws: FileAccess.Refusal.absolute) {
            try access().file(at: tree.path + "/manifests/own.pem")
        }
        #expect(throws: FileAccess.Refusal.absolute) { try access().file(at: tree.path + "/secrets/token") }
        #expect(throws: FileAccess.Refusal.absolute) {
            try access(secrets: true).file(at: tree.path + "/secrets/../outside.pem")
        }
        #expect(throws: FileAccess.Refusal.absolute) {
            try access(secrets: true).file(at: tree.path + "/secrets/out")
        }
    }

    @Test("a text that stands in no folder reaches the secrets alone")
    func homeless() throws {
        let secrets = tree.path + "/secrets"
        for path in [tree.path + "/manifests/own.pem", "Package.swift", "./x", "/etc/passwd"] {
            #expect(throws: FileAccess.Refusal.homeless) { try FileAccess(secrets: nil).file(at: path) }
            #expect(throws: FileAccess.Refusal.homeless) { try FileAccess(secrets: secrets).file(at: path) }
        }
        #expect(throws: FileAccess.Refusal.homeless) {
            try FileAccess(secrets: secrets).file(at: secrets + "/out")
        }
        #expect(try FileAccess(secrets: secrets).file(at: secrets + "/token") == secrets + "/token")
    }

    @Test("finds its own files", arguments: ["deep.pem", "../own.pem", "./../web/deep.pem", "../inner.pem"])
    func finds(path: String) throws {
        let found = try access().file(at: path)
        #expect(try String(contentsOfFile: found, encoding: .utf8) == "own")
        #expect(FilePaths.resolved(found) == found)
    }

    @Test("a mounted secret keeps the path whose link is turned when it is exchanged")
    func secrets() throws {
        let path = tree.path + "/secrets/token"
        #expect(try access(secrets: true).file(at: path) == path)
        let linked = try access(secrets: true).file(at: "../to-secret")
        #expect(linked.hasSuffix("/secrets/..1/token"))
    }

    @Test("a folder of layouts lies below the manifests or a folder that was let in, and is never hidden")
    func layouts() throws {
        let root = tree.path + "/manifests"
        try tree.write("x", to: "images/deep/file")
        try tree.link("images/out", to: "../secrets")
        try tree.link("manifests/images", to: "../images/deep")
        let access = FileAccess(
            folder: root + "/web", root: root, secrets: tree.path + "/secrets",
            layouts: [tree.path + "/images"])
        func place(_ path: String) throws -> String {
            try access.layout(at: path).replacing(FilePaths.resolved(tree.path) ?? "", with: "")
        }
        #expect(try place("new/folder") == "/manifests/web/new/folder")
        #expect(try place("..") == "/manifests")
        #expect(try place("../images") == "/images/deep")
        #expect(try place(tree.path + "/images") == "/images")
        #expect(try place("../../images/new") == "/images/new")
        for (path, refusal) in [
            ("../..", .outside), ("../../secrets", .outside), (root, .absolute), ("../.git/x", .hidden),
            (tree.path + "/images/out", .absolute), ("../../images/out/x", .outside),
            ("../own.pem", .notAFile),
            ("../folder/elsewhere", .outside), ("a\0b", .missing),
        ] as [(String, FileAccess.Refusal)] {
            #expect(throws: refusal, "\(path)") { try access.layout(at: path) }
        }
        let homeless = FileAccess(secrets: nil, layouts: [tree.path + "/images"])
        #expect(throws: FileAccess.Refusal.homeless) { try homeless.layout(at: "x") }
        #expect(try homeless.layout(at: tree.path + "/images/x").hasSuffix("/images/x"))
    }
}

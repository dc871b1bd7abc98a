import Foundation

/// The skopeo program, as an independent witness of what a registry holds.
public struct Skopeo: Sendable {
    private let login: Login?
    private let certificates: String?

    /// Speaks plain HTTP, or TLS when a folder with `ca.crt` is given.
    public init(login: Login? = nil, certificates: String? = nil) {
        self.login = login
        self.certificates = certificates
    }

    /// Whether the program is there.
    public static var isInstalled: Bool { Program.find("skopeo") != nil }

    /// The bytes of a manifest as skopeo sees them.
    public func raw(_ reference: String) async throws -> String {
        try await run(
            ["inspect", "--raw"]
                + (reference.hasPrefix("oci:") ? [reference] : access("") + ["docker://\(reference)"])
        ).output
    }

    /// Copies everything under a reference into a folder, one file a blob.
    public func copy(_ reference: String, toFolder folder: String) async throws {
        _ = try await run(
            ["copy", "-q", "--all"] + access("src-") + ["docker://\(reference)", "dir:\(folder)"])
    }

    /// Copies everything under one reference to another, each with its transport (`docker://`, `oci:`), unchanged.
    public func copy(_ source: String, to destination: String) async throws {
        func side(_ name: String, _ reference: String) -> [String] {
            reference.hasPrefix("docker:") ? access(name) : []
        }
        _ = try await run(
            ["copy", "-q", "--all", "--preserve-digests"] + side("src-", source) + side("dest-", destination)
                + [source, destination])
    }

    /// Names of the files that differ between what two references hold; empty when every byte is the same.
    public func differences(_ left: String, _ right: String) async throws -> [String] {
        let folder = try TemporaryFolder("skopeo")
        let places = [folder.file("left"), folder.file("right")]
        for (reference, place) in zip([left, right], places) { try await copy(reference, toFolder: place) }
        let files = FileManager.default
        let names = try Set(places.flatMap { try files.contentsOfDirectory(atPath: $0) })
        return names.sorted().filter { name in
            files.contents(atPath: "\(places[0])/\(name)") != files.contents(atPath: "\(places[1])/\(name)")
        }
    }

    private func access(_ side: String) -> [String] {
        var words = certificates.map { ["--\(side)cert-dir=\($0)"] } ?? ["--\(side)tls-verify=false"]
        if let login { words.append("--\(side)creds=\(login.user):\(login.password)") }
        return words
    }

    private func run(_ arguments: [String]) async throws -> Outcome {
        let home = try TemporaryFolder("home")
        let environment = Program.environment(["HOME": home.path, "XDG_RUNTIME_DIR": home.path])
        let words = ["--insecure-policy"] + arguments
        let outcome = try await Program("skopeo", words, environment: environment).run()
        guard outcome.status == 0 else {
            throw LabError("skopeo \(arguments.joined(separator: " ")): \(outcome.errors)")
        }
        return outcome
    }
}

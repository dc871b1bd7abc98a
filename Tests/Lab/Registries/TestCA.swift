import Foundation

/// A certificate authority in a temporary folder, with one certificate for a server and one for a client.
public final class TestCA: Sendable {
    private let folder: TemporaryFolder

    /// Makes keys and certificates with the `openssl` program; the server's is for 127.0.0.1 and localhost.
    public init() throws {
        folder = try TemporaryFolder("ca")
        try openssl(
            "req -x509 -subj /CN=harbour-ca -days 30 -addext keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", "ca.key", "-out", "ca.crt")
        try sign("server", "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n")
        try sign("client", "extendedKeyUsage=clientAuth\n")
    }

    /// The authority's certificate, as a file.
    public var certificate: String { folder.file("ca.crt") }
    /// The server's certificate, as a file.
    public var serverCertificate: String { folder.file("server.crt") }
    /// The server's key, as a file.
    public var serverKey: String { folder.file("server.key") }
    /// The client's certificate, as a file.
    public var clientCertificate: String { folder.file("client.crt") }
    /// The client's key, as a file.
    public var clientKey: String { folder.file("client.key") }

    private func sign(_ name: String, _ extensions: String) throws {
        try folder.write(extensions, to: "\(name).ext")
        try openssl("req -subj /CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr")
        try Program(
            "openssl",
            [
                "x509", "-req", "-days", "30", "-in", "\(name).csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                "-CAcreateserial", "-extfile", "\(name).ext", "-out", "\(name).crt",
            ], folder: folder.path
        ).succeed()
    }

    private func openssl(_ start: String, _ files: String...) throws {
        let words = start.split(separator: " ").map { String($0) }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try Program("openssl", words + key + files, folder: folder.path).succeed()
    }
}

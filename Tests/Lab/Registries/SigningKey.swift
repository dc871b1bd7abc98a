import COpenSSL
import Foundation

/// An RSA key that signs tokens, with a certificate around it.
final class SigningKey: Sendable {
    /// The key's name: the base 32 of the first 240 bits of its hash, in groups of four.
    let id: String
    private let folder: TemporaryFolder
    private let pem: [UInt8]

    init() throws {
        folder = try TemporaryFolder("key")
        let words = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=harbour-office -keyout key -out crt"
        try Program("openssl", words.split(separator: " ").map { String($0) }, folder: folder.path).succeed()
        pem = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("key"))))
        let der = try Self.publicKey(of: pem)
        let name = Self.base32(Array(sha256(der).prefix(30)))
        id = stride(from: 0, to: name.count, by: 4).map { String(name.dropFirst($0).prefix(4)) }
            .joined(separator: ":")
    }

    /// The certificate, as a file.
    var certificate: String { folder.file("crt") }

    /// The RS256 signature over some bytes.
    func sign(_ bytes: [UInt8]) -> [UInt8]? {
        try? Self.withKey(pem) { key in
            let context = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(context) }
            var length = 512
            var signature = [UInt8](repeating: 0, count: length)
            guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
                EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1
            else { throw LabError("could not sign") }
            return Array(signature[..<length])
        }
    }

    private static func publicKey(of pem: [UInt8]) throws -> [UInt8] {
        try withKey(pem) { key in
            var buffer: UnsafeMutablePointer<UInt8>?
            let length = i2d_PUBKEY(key, &buffer)
            guard length > 0, let buffer else { throw LabError("could not encode a public key") }
            defer { free(buffer) }
            return Array(UnsafeBufferPointer(start: buffer, count: Int(length)))
        }
    }

    private static func withKey<Result>(_ pem: [UInt8], _ body: (OpaquePointer) throws -> Result) throws
        -> Result
    {
        let memory = BIO_new_mem_buf(pem, Int32(pem.count))
        defer { BIO_free(memory) }
        guard let key = PEM_read_bio_PrivateKey(memory, nil, nil, nil) else {
            throw LabError("no key in the PEM")
        }
        defer { EVP_PKEY_free(key) }
        return try body(key)
    }

    private static func base32(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bits, count, text) = (0, 0, "")
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(letters[bits >> count & 31])
            }
            bits &= 31
        }
        return text
    }
}

/// Base 64 for URLs, without filling.
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    static func decode(_ text: String) -> [UInt8]? {
        let plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        let filled = plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return Data(base64Encoded: filled).map { Array($0) }
    }
}

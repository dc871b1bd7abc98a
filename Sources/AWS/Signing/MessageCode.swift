import COpenSSL
import HTTP

/// The two functions that SigV4 is made of.
enum MessageCode {
    /// HMAC-SHA256 (RFC 2104): 32 bytes.
    static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        let text = Array(text.utf8)
        return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let sum = HMAC(
                EVP_sha256(), key, Int32(key.count), text, text.count, output.baseAddress, &length)
            count = sum == nil ? 0 : Int(length)
        }
    }

    /// SHA-256 in lower-case hexadecimal.
    static func sha256(_ bytes: [UInt8]) -> String {
        let hash = RunningHash(.sha256)
        hash.add(bytes)
        return hash.finish()
    }

    /// Bytes in lower-case hexadecimal.
    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

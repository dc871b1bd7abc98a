import COpenSSL

/// A hash of what flows past.
public final class RunningHash {
    private let context: OpaquePointer?

    /// Begins with nothing.
    public init(_ function: Checksum.Function) {
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, function == .sha256 ? EVP_sha256() : EVP_sha512(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in some bytes.
    func add(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// Takes in some bytes.
    public func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    /// The sum of all that was taken in, in lower-case hexadecimal. To be asked once.
    public func finish() -> String {
        let digits = Array("0123456789abcdef".utf8)
        let sum = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let done = EVP_DigestFinal_ex(context, output.baseAddress, &length)
            count = done == 1 ? Int(length) : 0
        }
        return String(decoding: sum.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

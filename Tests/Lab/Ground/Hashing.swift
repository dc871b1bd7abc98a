import COpenSSL

/// A digest that grows as bytes flow past.
final class RunningDigest {
    private let context = EVP_MD_CTX_new()
    private let algorithm: Algorithm

    init(_ algorithm: Algorithm = .sha256) {
        self.algorithm = algorithm
        EVP_DigestInit_ex(context, algorithm == .sha256 ? EVP_sha256() : EVP_sha512(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The sum as `algorithm:hex`; nothing may be added afterwards.
    func finish() -> String {
        var sum = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &sum, &length)
        return algorithm.rawValue + ":" + hexadecimal(sum[..<Int(length)])
    }
}

/// The hash functions that images are named by.
public enum Algorithm: String, Sendable {
    /// What nearly all registries use.
    case sha256
    /// What the image-spec allows beside it.
    case sha512
}

/// The digest of a whole value, as `algorithm:hex`.
public func digest(of bytes: [UInt8], by algorithm: Algorithm = .sha256) -> String {
    let running = RunningDigest(algorithm)
    bytes.withUnsafeBytes { running.add($0) }
    return running.finish()
}

/// The plain SHA-256 sum of some bytes.
func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var sum = [UInt8](repeating: 0, count: 32)
    EVP_Digest(bytes, bytes.count, &sum, nil, EVP_sha256(), nil)
    return sum
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

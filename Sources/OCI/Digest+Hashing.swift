import COpenSSL

extension Digest {
    /// The digest of a whole value. (What flows past is hashed where it flows, in the blob pipe.)
    public init(hashing bytes: [UInt8], by algorithm: HashAlgorithm = .sha256) {
        let function = algorithm == .sha256 ? EVP_sha256() : EVP_sha512()
        let sum = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let done = EVP_Digest(bytes, bytes.count, output.baseAddress, &length, function, nil)
            count = done == 1 ? Int(length) : 0
        }
        self.init(algorithm: algorithm, hex: Self.hex(of: sum))
    }

    private static func hex(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { output in
            for (index, byte) in bytes.enumerated() {
                output[index * 2] = digits[Int(byte >> 4)]
                output[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}

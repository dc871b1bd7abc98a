import Glibc

/// The text that is piped into davit.
enum StandardInput {
    /// Its bytes, as they come; of an endless one, just more than a manifest may have.
    static func bytes(upTo limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit, let byte = UInt8(exactly: getchar()) { bytes.append(byte) }
        return bytes
    }
}

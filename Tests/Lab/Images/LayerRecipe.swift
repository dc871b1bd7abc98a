/// How to make one layer: a gzip file (stored blocks only) around a tar of one file of noise.
///
/// It can't be compressed and is the same everywhere; a piece of it can be made without those before it.
struct LayerRecipe: Hashable, Sendable {
    let key: String
    let asked: Int

    /// What a stored block holds: a multiple of eight, so that noise is written by whole words.
    private static let block = 65_528
    private static let blocksAPiece = 16
    private static let head = 512

    /// The bytes of the file inside.
    private var payload: Int { max(1, asked - 1_536 - 64 - 5 * (asked / Self.block + 1)) }
    /// The bytes of the tar: head, file, filling, two empty records.
    private var tarSize: Int { Self.head + (payload + 511) / 512 * 512 + 1_024 }
    private var blocks: Int { (tarSize + Self.block - 1) / Self.block }
    /// The bytes of the whole layer.
    var size: Int { 10 + tarSize + 5 * blocks + 8 }

    /// Makes the layer piece by piece; `inside` sees the tar as it goes by.
    func forEachPiece(
        inside: ((UnsafeRawBufferPointer) -> Void)? = nil, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let noise = Noise(key)
        var checksum = Checksum()
        let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: Self.block / 8)
        defer { words.deallocate() }
        var piece: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        piece.reserveCapacity(Self.blocksAPiece * (Self.block + 5) + 32)
        for index in 0..<blocks {
            let count = min(Self.block, tarSize - index * Self.block)
            fill(words, block: index, noise)
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(words)[..<count])
            checksum.add(bytes)
            inside?(bytes)
            let size = UInt16(count)
            piece += [index == blocks - 1 ? 1 : 0] + size.littleBytes + (~size).littleBytes
            piece.append(contentsOf: bytes)
            if index % Self.blocksAPiece == Self.blocksAPiece - 1 {
                try piece.withUnsafeBytes(take)
                piece.removeAll(keepingCapacity: true)
            }
        }
        piece += checksum.value.littleBytes + UInt32(truncatingIfNeeded: tarSize).littleBytes
        try piece.withUnsafeBytes(take)
    }

    /// One block of the tar.
    private func fill(_ words: UnsafeMutableBufferPointer<UInt64>, block: Int, _ noise: Noise) {
        let start = block * Self.block
        let bytes = UnsafeMutableRawBufferPointer(words)
        noise.fill(words, from: start / 8)
        if block == 0 { bytes.copyBytes(from: tarHead) }
        let end = Self.head + payload - start
        if end < bytes.count {
            UnsafeMutableRawBufferPointer(rebasing: bytes[max(0, end)...]).initializeMemory(
                as: UInt8.self, repeating: 0)
        }
    }

    private var tarHead: [UInt8] {
        var record = [UInt8](repeating: 0, count: Self.head)
        func put(_ text: String, at place: Int) {
            for (offset, byte) in text.utf8.enumerated() { record[place + offset] = byte }
        }
        put("data/" + hexadecimal(sha256(Array(key.utf8)).prefix(8)), at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        let octal = String(payload, radix: 8)
        put(String(repeating: "0", count: max(0, 11 - octal.count)) + octal, at: 124)
        put("00000000000", at: 136)
        put("        0", at: 148)
        put("ustar", at: 257)
        put("00root", at: 263)
        put("root", at: 297)
        let sum = String(record.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
        return record
    }
}

extension FixedWidthInteger {
    fileprivate var littleBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

/// The CRC-32 that a gzip file ends with, eight bytes a step.
struct Checksum {
    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        var place = 0
        Self.tables.withUnsafeBufferPointer { table in
            while place + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                let low = UInt32(truncatingIfNeeded: word) ^ crc
                let high = UInt32(truncatingIfNeeded: word >> 32)
                crc = table[1792 + Int(low & 255)] ^ table[1536 + Int(low >> 8 & 255)]
                crc ^= table[1280 + Int(low >> 16 & 255)] ^ table[1024 + Int(low >> 24)]
                crc ^= table[768 + Int(high & 255)] ^ table[512 + Int(high >> 8 & 255)]
                crc ^= table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
                place += 8
            }
            while place < bytes.count {
                crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[place])) & 255)]
                place += 1
            }
        }
        state = crc
    }

    /// Eight tables of 256: the n-th carries a byte over n further bytes of zero.
    private static let tables: [UInt32] = {
        var all = [UInt32](repeating: 0, count: 2048)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            all[byte] = crc
        }
        for place in 256..<2048 {
            let before = all[place - 256]
            all[place] = before >> 8 ^ all[Int(before & 255)]
        }
        return all
    }()
}

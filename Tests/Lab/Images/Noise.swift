/// Bytes that look random and are the same for the same key: SplitMix64 as a function of the place.
struct Noise: Sendable {
    private let start: UInt64

    init(_ key: String) {
        // FNV-1a, then mixed: keys that differ in one letter must not give neighbouring streams.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        start = Random.mix(hash)
    }

    /// Fills words; `index` is the number of the first in the stream.
    func fill(_ words: UnsafeMutableBufferPointer<UInt64>, from index: Int) {
        var state = start &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
        var place = 0
        while place < words.count {
            state = state &+ 0x9E37_79B9_7F4A_7C15
            words[place] = Random.mix(state).littleEndian
            place += 1
        }
    }
}

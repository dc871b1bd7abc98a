import Lab
import Testing

@testable import HTTP

@Suite("Ring") struct RingTests {
    @Test("holds what an array would", arguments: [1, 2, 7, 64, 1000])
    func model(capacity: Int) {
        var random = SystemRandomNumberGenerator()
        let ring = Ring(capacity: capacity)
        var model: [UInt8] = []
        var next: UInt8 = 0
        for _ in 0..<2000 {
            if Bool.random(using: &random) {
                let bytes = (0..<Int.random(in: 0...ring.room)).map { _ in
                    next &+= 1
                    return next
                }
                bytes.withUnsafeBytes { ring.put($0) }
                model += bytes
            } else {
                var space = [UInt8](repeating: 0, count: Int.random(in: 0...capacity + 3))
                let count = space.withUnsafeMutableBytes { ring.take(into: $0) }
                #expect(Array(space[..<count]) == Array(model.prefix(count)))
                #expect(count == min(space.count, model.count))
                model.removeFirst(count)
            }
            #expect(ring.count == model.count && ring.room == capacity - model.count)
        }
    }
}

@Suite("RunningHash") struct RunningHashTests {
    @Test("agrees with a hash of the whole", arguments: [0, 1, 63, 64, 65, 100_000])
    func agrees(count: Int) {
        let bytes = noise(count)
        for (function, algorithm) in [(Checksum.Function.sha256, Algorithm.sha256), (.sha512, .sha512)] {
            let hash = RunningHash(function)
            for start in stride(from: 0, to: count, by: 777) {
                bytes[start..<min(count, start + 777)].withUnsafeBytes { hash.add($0) }
            }
            #expect(hash.finish() == Checksum(of: bytes, by: algorithm).hex)
        }
    }
}

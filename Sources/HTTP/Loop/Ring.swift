/// A bounded buffer between the two sides of a stream; both sides run in the loop thread.
final class Ring {
    private let memory: UnsafeMutableRawBufferPointer
    private var start = 0
    /// How many bytes lie in it.
    private(set) var count = 0

    /// - Parameter capacity: at least the 16 KiB that libcurl hands over at a time.
    init(capacity: Int) { memory = .allocate(byteCount: capacity, alignment: 16) }

    deinit { memory.deallocate() }

    /// How many bytes fit in.
    var room: Int { memory.count - count }

    /// Puts bytes in; they must fit.
    func put(_ bytes: UnsafeRawBufferPointer) {
        let end = (start + count) % memory.count
        let first = min(bytes.count, memory.count - end)
        memory[end..<end + first].copyBytes(from: bytes[..<first])
        memory[0..<bytes.count - first].copyBytes(from: bytes[first...])
        count += bytes.count
    }

    /// Takes out as many bytes as there are and fit into the space.
    func take(into space: UnsafeMutableRawBufferPointer) -> Int {
        let taken = min(space.count, count)
        let first = min(taken, memory.count - start)
        space[..<first].copyBytes(from: memory[start..<start + first])
        space[first..<taken].copyBytes(from: memory[0..<taken - first])
        start = (start + taken) % memory.count
        count -= taken
        return taken
    }
}

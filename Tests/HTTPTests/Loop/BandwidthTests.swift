import HTTP
import HTTPTypes
import Lab
import Testing

@Suite("Bandwidth", .serialized, .timeLimit(.minutes(3))) struct BandwidthTests {
    private let loop: CurlLoop

    init() throws { loop = try CurlLoop() }

    /// Streams several blobs at once, with a ceiling at one side or both, and tells how long that took.
    private func time(_ count: Int, of size: Int, source: Line?, destination: Line?) async throws -> Double {
        let bytes = noise(size)
        let (from, to) = try (ScriptedServer.holding(bytes), ScriptedServer.taking())
        var transfer = try BlobTransfer(bytes, from: from.url, to: to.url)
        (transfer.download.line, transfer.upload.line) = (source, destination)
        // Whoever waits for its turn is not silent.
        (transfer.download.patience, transfer.upload.patience) = (.short, .short)
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { [loop, transfer] group in
            for _ in 0..<count {
                group.addTask {
                    guard case .answered(let response) = try await loop.pipe(transfer) else {
                        throw LabError("refused")
                    }
                    guard response.status == 201 else { throw LabError("status \(response.status)") }
                }
            }
            try await group.waitForAll()
        }
        let took = ContinuousClock.now - begun
        #expect(to.taken.count == count && to.taken.allSatisfy { $0 == bytes })
        return Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
    }

    @Test("a ceiling holds over all blobs of one line", arguments: [1, 8])
    func ceiling(count: Int) async throws {
        let line = Line(name: "a", bytesPerSecond: 4 << 20)
        for isSource in [true, false] {
            let took = try await time(
                count, of: (8 << 20) / count, source: isSource ? line : nil,
                destination: isSource ? nil : line)
            let rate = Double(8 << 20) / took
            #expect(rate < 1.1 * Double(4 << 20), "\(rate) bytes a second")
            // How near it comes from below is the machine's business.
            #expect(rate > 0.2 * Double(4 << 20), "\(rate) bytes a second")
        }
    }

    @Test("a line that leads both ways carries both within its ceiling, and another line is free")
    func both() async throws {
        let line = Line(name: "a", bytesPerSecond: 8 << 20)
        let took = try await time(4, of: 2 << 20, source: line, destination: line)
        #expect(took > 1.8 && took < 8, "\(took) s")
        let free = try await time(
            4, of: 2 << 20, source: Line(name: "b", bytesPerSecond: 1 << 30), destination: nil)
        #expect(free < took)
    }

    @Test("a slow line lets every blob move, and no one counts as stalled")
    func slow() async throws {
        let line = Line(name: "a", bytesPerSecond: 256 << 10)
        let took = try await time(4, of: 128 << 10, source: line, destination: nil)
        #expect(took > 1.5 && took < 8, "\(took) s")
    }

    @Test("a ceiling holds for what comes into files and goes out of them", arguments: [true, false])
    func files(isFetch: Bool) async throws {
        let bytes = noise(4 << 20)
        let server = try isFetch ? ScriptedServer.holding(bytes) : .taking()
        var request = try request(isFetch ? .get : .put, server.url, patience: .short)
        request.line = Line(name: "a", bytesPerSecond: 4 << 20)
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { [loop, request] group in
            for _ in 0..<2 {
                group.addTask {
                    let file = try DiskBytes(isFetch ? [] : bytes)
                    if isFetch {
                        _ = try await loop.fetch(request, into: file.sink(for: bytes))
                    } else {
                        _ = try await loop.send(request, from: file.body(of: bytes))
                    }
                    #expect(try file.bytes == bytes)
                }
            }
            try await group.waitForAll()
        }
        let took = ContinuousClock.now - begun
        // Two of 4 MiB at 4 MiB a second, less what the line had saved up.
        #expect(took > .seconds(1.8) && took < .seconds(12), "\(took)")
    }

    @Test("a cancelled transfer leaves the line to the others")
    func cancelled() async throws {
        let bytes = noise(1 << 20)
        let (from, to) = try (ScriptedServer.holding(bytes), ScriptedServer.taking())
        var transfer = try BlobTransfer(bytes, from: from.url, to: to.url)
        transfer.download.line = Line(name: "a", bytesPerSecond: 1 << 20)
        let task = Task { [loop, transfer] in try await loop.pipe(transfer) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        _ = await task.result
        guard case .answered = try await loop.pipe(transfer) else { Issue.record("refused"); return }
    }
}

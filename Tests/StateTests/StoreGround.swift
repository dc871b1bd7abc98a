import Foundation
import Lab
import Synchronization

@testable import State

/// A folder for state files, a clock that stands still, and what was told.
final class StoreGround: Sendable {
    let folder: TemporaryFolder
    let clock = StoodClock()
    private let notices = Mutex<[StoreNotice]>([])

    init() throws { folder = try TemporaryFolder() }

    var path: String { folder.path + "/davit/state.db" }
    var told: [StoreNotice] { notices.withLock { $0 } }
    var file: StoreFile { StoreFile(path: path) }

    func open(
        _ access: Store.Access = .remember, _ limits: StoreLimits = StoreLimits(),
        fileSystem: (String) -> String? = { _ in nil }
    ) -> Store? {
        Store.open(file, access, limits, { [clock] in clock.seconds }, fileSystem: fileSystem) {
            [self] notice in
            notices.withLock { $0.append(notice) }
        }
    }
}

/// Time that only a test moves.
final class StoodClock: Sendable {
    private let now = Mutex<Int64>(1_800_000_000)
    var seconds: Int64 { now.withLock { $0 } }
    func advance(days: Int64) { now.withLock { $0 += days * 86_400 } }
}

extension StoreGround {
    /// The names beside the state file, and its own.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/davit")) ?? []).sorted()
    }
    var bytes: Data {
        get throws { try Data(contentsOf: URL(fileURLWithPath: path)) }
    }
    var warnings: [String] { told.filter { $0.level == .warning }.map(\.text) }

    /// Spoils bytes of the file in place.
    func spoil(at offset: UInt64, _ count: Int) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: count))
        try handle.close()
    }

    /// A file with this much in it, closed.
    func fill(memos: Int) async {
        let store = open()
        for start in stride(from: 0, to: memos, by: 1000) {
            await store?.remember(
                .subset,
                Dictionary(
                    uniqueKeysWithValues: (start..<min(memos, start + 1000)).map {
                        ("key \($0)", String(repeating: "v", count: 80))
                    }))
        }
        await store?.close()
    }
}

import Glibc
import OCI

/// Indexes that were read or written, for as long as their files are the same: a pass asks for one tag after the
/// other.
actor IndexMemo {
    private var known: [RepositoryName: Entry] = [:]
    /// Those that are being placed: they may be read before it is known what their file is known by.
    private var coming: [RepositoryName: LayoutIndex] = [:]
    private static let most = 256

    /// An index, and the file that it was in.
    struct Entry: Sendable {
        var index: LayoutIndex
        var stamp: FileFacts.Stamp
        /// When the file was looked at.
        var seen: Int64
        /// True where davit wrote the file.
        var isOurs: Bool

        /// A file that was written so shortly before it was read may be written again and look the same: the clocks
        /// of file systems are coarse.
        private static let settled: Int64 = 100_000_000

        private func isSettled(at time: Int64) -> Bool {
            time - max(stamp.written, stamp.changed) > Self.settled
        }

        /// Whether it is worth to be remembered.
        fileprivate var isLasting: Bool { isOurs || isSettled(at: seen) }

        /// Whether a file of the same stamp needs no look: the clock has gone on between the write and the look, or,
        /// for who reads alone, it has not gone on yet since we wrote it.
        func stands(isReading: Bool, now: Int64) -> Bool {
            isSettled(at: seen) || isReading && isOurs && !isSettled(at: now)
        }
    }

    /// What is remembered of a repository's index.
    func entry(of repository: RepositoryName) -> Entry? { known[repository] }

    /// An index is about to be placed.
    func expect(_ index: LayoutIndex, of repository: RepositoryName) {
        if coming.count >= Self.most, coming[repository] == nil { coming.removeAll() }
        coming[repository] = index
    }

    /// The index that bytes are, where it is one of ours: to compare costs much less than to take apart.
    func index(of repository: RepositoryName, in bytes: [UInt8]) -> LayoutIndex? {
        [known[repository]?.index, coming[repository]].compactMap { $0 }.first { $0.bytes == bytes }
    }

    /// The time of the system's clock, in nanoseconds, as files carry it.
    static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// Remembers an index; what is young and another's is not remembered.
    func remember(_ entry: Entry, of repository: RepositoryName) {
        guard entry.isLasting else { return }
        // Who looked before it was written anew may come to its end only now.
        if !entry.isOurs, let known = known[repository], known.stamp.changed > entry.stamp.changed { return }
        if known.count >= Self.most, known[repository] == nil { known.removeAll() }
        known[repository] = entry
        if entry.isOurs { coming[repository] = nil }
    }
}

import Glibc
import OCI

/// Indexes that were read, for as long as their files are the same: a pass asks for one tag after the other.
actor IndexMemo {
    private var known: [RepositoryName: (stamp: FileFacts.Stamp, index: LayoutIndex)] = [:]
    private static let most = 256
    /// A file that was written so shortly before it was read may be written again and look the same: the clocks of
    /// file systems are coarse.
    private static let settled: Int64 = 100_000_000

    /// The index of a file that has not changed.
    func index(of repository: RepositoryName, _ stamp: FileFacts.Stamp) -> LayoutIndex? {
        guard let entry = known[repository], entry.stamp == stamp else { return nil }
        return entry.index
    }

    /// The time of the system's clock, in nanoseconds, as files carry it.
    static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// Remembers what was read; what is young is not remembered.
    func remember(_ index: LayoutIndex, of repository: RepositoryName, _ stamp: FileFacts.Stamp, now: Int64) {
        guard now - max(stamp.written, stamp.changed) > Self.settled else { return }
        if known.count >= Self.most { known.removeAll() }
        known[repository] = (stamp, index)
    }
}

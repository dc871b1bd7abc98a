import GRDB
import Glibc

/// The file of a store: where it is, who may read it, and what becomes of it when it is damaged.
///
/// Locations of open uploads let one write to a registry's session, so that nobody else may read the file.
struct StoreFile: Sendable {
    let path: String

    /// Why a file can't be used.
    struct Refusal: Error {
        var reason: String
    }

    /// Makes the folders that are missing, for the user alone.
    func makeFolder() throws(Refusal) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        guard access(folder, F_OK) != 0 else { return }
        try StoreFile(path: folder).makeFolder()
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw Refusal(reason: Self.systemWords("make \(folder)"))
        }
    }

    /// Makes the file where there is none, and sees to it that it is the user's own.
    func secure(creating: Bool) throws(Refusal) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { throw Refusal(reason: Self.systemWords("open it")) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Refusal(reason: Self.systemWords("look at it")) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw Refusal(reason: "it is no plain file") }
        guard facts.st_uid == geteuid() else { throw Refusal(reason: "it belongs to another user") }
    }

    /// Lets nobody else read the file, nor those that SQLite keeps beside it: only once it is known to be ours.
    func restrict() {
        // By name: to close a file that SQLite has open would take its locks away.
        for suffix in ["", "-wal", "-shm"] {
            var facts = stat()
            guard stat(path + suffix, &facts) == 0, facts.st_mode & 0o077 != 0 else { continue }
            _ = chmod(path + suffix, 0o600)
        }
    }

    /// How many bytes the file has; `nil` where there is none.
    var size: Int64? {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int64(facts.st_size) : nil
    }

    /// True of a file that may be renamed when it is damaged: it lies where ours lie, or its first bytes say that it
    /// is ours. (Where they are damaged, nothing but the place tells.)
    var isOurs: Bool { StorePath.isOwn(path) || applicationID == Schema.applicationID }

    private var applicationID: Int64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 72)
        guard Glibc.read(descriptor, &bytes, 72) == 72 else { return nil }
        return bytes[68...].reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Renames a damaged file and what lies beside it, so that the next store begins anew.
    @discardableResult
    func setAside(_ time: Int64, _ tell: (StoreNotice) -> Void) -> Bool {
        let aside = "\(path).damaged-\(time)"
        // The database last: a new one beside an old log would be read together with it.
        for suffix in ["-wal", "-shm"] { _ = rename(path + suffix, aside + suffix) }
        guard rename(path, aside) == 0 else {
            tell(
                StoreNotice(
                    .warning, "the state file \(path) is damaged: \(Self.systemWords("rename it")); remove it"
                ))
            return false
        }
        tell(
            StoreNotice(
                .warning,
                "the state file \(path) was damaged and is now \(aside): a new one is begun; nothing but time is lost, and the old one may be removed"
            ))
        return true
    }

    /// What went wrong, without what was asked: that may hold names.
    static func words(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return error.message ?? "SQLite's code \(error.resultCode.rawValue)"
    }

    private static func systemWords(_ action: String) -> String {
        "cannot \(action): \(String(cString: strerror(errno)))"
    }
}

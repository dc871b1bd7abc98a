import Glibc

/// What kind of file system a file lies on. SQLite's locks and shared memory are only to be trusted on this machine's
/// own ones.
enum FileSystem {
    /// The kind of file system under a path, where it is one that other machines may write to as well.
    static func shared(under path: String) -> String? {
        var facts = stat()
        var place = path
        while stat(place, &facts) != 0 {
            guard let slash = place.lastIndex(of: "/") else { return nil }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
            guard place != "/" || stat(place, &facts) == 0 else { return nil }
        }
        let device = name(of: UInt64(facts.st_dev))
        guard let kind = kind(of: device, in: mounts()), isShared(kind) else { return nil }
        return kind
    }

    /// `major:minor`, which C has macros for.
    static func name(of device: UInt64) -> String {
        let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
        let minor = device & 0xff | (device >> 12) & 0xffff_ff00
        return "\(major):\(minor)"
    }

    /// The kind that the mounts tell of a device (`proc(5)`, `/proc/PID/mountinfo`).
    static func kind(of device: String, in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 6, fields[2] == device, let dash = fields.firstIndex(of: "-"),
                dash + 1 < fields.count
            else { continue }
            return String(fields[dash + 1])
        }
        return nil
    }

    /// True of file systems that are served by another machine, or by a program that may do so.
    static func isShared(_ kind: String) -> Bool {
        let remote: Set<String> = [
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "ocfs2", "gfs2",
            "glusterfs",
            "virtiofs", "vboxsf", "beegfs", "orangefs", "davfs",
        ]
        // The root of an unprivileged container is one that only it writes to.
        return remote.contains(kind) || kind == "fuse"
            || kind.hasPrefix("fuse.") && kind != "fuse.fuse-overlayfs"
    }

    private static func mounts() -> String {
        let descriptor = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while text.count < 4 << 20 {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { break }
            text += piece[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}

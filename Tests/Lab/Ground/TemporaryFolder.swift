import Foundation

/// A folder that is gone when the value that owns it is gone.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// Makes an empty folder; in memory when asked for and when half a gigabyte at least is free there.
    public init(_ name: String = "lab", inMemory: Bool = false) throws {
        let base = inMemory ? Self.memory ?? NSTemporaryDirectory() : NSTemporaryDirectory()
        var template = Array((base + "/davit-\(name).XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else { throw LabError.system("make a folder in \(base)") }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file inside.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file inside and says where.
    @discardableResult public func write(_ text: String, to name: String) throws -> String {
        let place = file(name)
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: place, atomically: true, encoding: .utf8)
        return place
    }

    /// The memory file system, if there is one with room.
    private static var memory: String? {
        var facts = statvfs()
        guard statvfs("/dev/shm", &facts) == 0, access("/dev/shm", W_OK) == 0 else { return nil }
        return facts.f_bavail * UInt(facts.f_frsize) > 512 << 20 ? "/dev/shm" : nil
    }
}

import Glibc

/// Which process it was: its number, and when it began, since numbers are given again.
public struct ProcessMark: Sendable, Hashable, CustomStringConvertible {
    /// Its number.
    public var number: Int32
    /// When it began, in ticks since the machine did.
    public var start: UInt64
    /// Which run of the machine's it was.
    public var boot: String
    /// In which space of numbers it was (`pid_namespaces(7)`): each container has its own.
    public var space: String

    /// This process.
    public static let own =
        of(getpid()) ?? ProcessMark(number: getpid(), start: 0, boot: runOfMachine, space: ownSpace)

    /// The process that has a number now.
    public static func of(_ number: Int32) -> ProcessMark? {
        started(number).map {
            ProcessMark(number: number, start: $0, boot: runOfMachine, space: ownSpace)
        }
    }

    /// Names a process.
    public init(number: Int32, start: UInt64, boot: String, space: String) {
        self.number = number
        self.start = start
        self.boot = boot
        self.space = space
    }

    /// Reads what `description` wrote.
    public init?(_ text: String) {
        let parts = text.split(separator: ".")
        guard parts.count == 4, let number = Int32(parts[0]), let start = UInt64(parts[1]) else { return nil }
        self.init(number: number, start: start, boot: String(parts[2]), space: String(parts[3]))
    }

    /// `number.start.boot.space`
    public var description: String { "\(number).\(start).\(boot).\(space)" }

    /// What can be known of whether it still runs.
    public enum Standing: Sendable {
        case alive, gone
        /// It was in another container of this machine, or around ours, and can't be seen from here.
        case elsewhere
    }

    /// Whether it still runs.
    public var standing: Standing {
        guard boot == Self.runOfMachine else { return .gone }
        guard space == Self.ownSpace else { return .elsewhere }
        return Self.started(number) == start ? .alive : .gone
    }

    private static let runOfMachine =
        text("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "-" }) } ?? "unknown"

    /// The inode of our space of numbers.
    private static let ownSpace: String = {
        var facts = stat()
        return stat("/proc/self/ns/pid", &facts) == 0 ? "\(facts.st_ino)" : "unknown"
    }()

    /// The 22nd field (`proc(5)`, `/proc/PID/stat`); the second may hold blanks and parentheses.
    private static func started(_ number: Int32) -> UInt64? {
        guard let text = text("/proc/\(number)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // A zombie works at nothing.
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }

    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

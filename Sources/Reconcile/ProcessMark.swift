import Glibc

/// Which process it was: its number, and when it began, since numbers are given again.
public struct ProcessMark: Sendable, Hashable, CustomStringConvertible {
    /// Its number.
    public var number: Int32
    /// When it began, in ticks since the machine did.
    public var start: UInt64
    /// Which run of the machine's it was.
    public var boot: String

    /// This process.
    public static let own =
        of(getpid()) ?? ProcessMark(number: getpid(), start: 0, boot: runOfMachine)

    /// The process that has a number now.
    public static func of(_ number: Int32) -> ProcessMark? {
        started(number).map { ProcessMark(number: number, start: $0, boot: runOfMachine) }
    }

    /// Names a process.
    public init(number: Int32, start: UInt64, boot: String) {
        self.number = number
        self.start = start
        self.boot = boot
    }

    /// Reads what `description` wrote.
    public init?(_ text: String) {
        let parts = text.split(separator: ".")
        guard parts.count == 3, let number = Int32(parts[0]), let start = UInt64(parts[1]) else { return nil }
        self.init(number: number, start: start, boot: String(parts[2]))
    }

    /// `number.start.boot`
    public var description: String { "\(number).\(start).\(boot)" }

    /// True where it still runs.
    public var isAlive: Bool { boot == Self.runOfMachine && Self.started(number) == start }

    private static let runOfMachine =
        text("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "-" }) } ?? "unknown"

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

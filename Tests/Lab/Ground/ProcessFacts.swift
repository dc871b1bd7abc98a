import Foundation

/// What the kernel tells about a process or about the whole machine.
public struct ProcessFacts: Sendable {
    /// The kernel's letter for what the process does; `Z` is one that has ended.
    public let state: String
    /// Processor seconds so far, with those in the kernel.
    public let cpu: Double

    /// Reads the facts of a process; nil when it is gone.
    public init?(_ pid: pid_t) {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return nil
        }
        state = String(fields[0])
        cpu = (user + system) / Self.ticks
    }

    /// The largest resident memory of a process so far, in bytes.
    public static func peakMemory(of pid: pid_t) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    /// Seconds that all processors together have been busy since the machine came up.
    public static var machineBusy: Double {
        guard
            let line = try? String(contentsOfFile: "/proc/stat", encoding: .utf8).prefix(while: { $0 != "\n" }
            )
        else { return 0 }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard ticks.count == 8 else { return 0 }
        return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / Self.ticks
    }

    /// How many processors share the work.
    public static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

    private static var ticks: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }
}

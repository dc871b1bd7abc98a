import Glibc
import Synchronization

/// Standard error, with a foot that is drawn anew again and again while messages scroll above it.
///
/// Whatever is written here goes to the terminal as one piece: the foot's end, the message, the foot again. What is
/// left when the foot is taken away is the messages alone.
final class LiveScreen: Sendable {
    private let foot = Mutex<[String]>([])

    /// Writes a message, above the foot where there is one.
    func write(_ text: String) {
        foot.withLock { foot in
            guard !foot.isEmpty else { return _ = Console.write(text, to: STDERR_FILENO) }
            let width = Self.width
            Console.write(Self.erasing(foot, width) + text + foot.joined(separator: "\n"), to: STDERR_FILENO)
        }
    }

    /// Draws the foot, in place of what it was.
    func show(_ lines: [String]) {
        foot.withLock { foot in
            let width = Self.width
            // Each short of the last column, where terminals differ in what they do next.
            let cut = lines.map { String($0.prefix(max(1, width - 1))) }
            guard foot != cut else { return }
            Console.write(Self.erasing(foot, width) + cut.joined(separator: "\n"), to: STDERR_FILENO)
            foot = cut
        }
    }

    /// Takes the foot away.
    func clear() { show([]) }

    /// The terminal's columns now. They are asked for whenever something is drawn, so that no signal is needed to
    /// follow a window whose size changes.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Goes to where the foot begins and clears all that follows. A window that has become narrower has broken its
    /// lines into more rows.
    static func erasing(_ lines: [String], _ width: Int) -> String {
        guard !lines.isEmpty else { return "" }
        let rows = lines.reduce(0) { $0 + max(1, ($1.utf8.count + width - 1) / width) }
        return "\r" + (rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\u{1B}[J"
    }
}

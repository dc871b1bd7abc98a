/// Runs a program over a text, all readings side by side (Pike's machine): each instruction is visited at
/// most once a character, so that no pattern and no text makes it slow.
struct PatternMachine {
    private let program: PatternProgram
    private let text: [Unicode.Scalar]
    private var marks: [Int]
    private var stack: [Thread] = []

    /// One reading: where it stands in the program, and where the group `version` begins and ends.
    private struct Thread {
        var at: Int
        var open = -1
        var close = -1
    }

    init(program: PatternProgram, text: String) {
        self.program = program
        self.text = Array(text.unicodeScalars)
        marks = [Int](repeating: -1, count: program.instructions.count)
    }

    mutating func run() -> PatternMatch? {
        var current: [Thread] = []
        var found: Thread?
        for position in 0...text.count {
            if found == nil, position == 0 || !program.isAnchored {
                follow(Thread(at: 0), to: position, into: &current)
            }
            var next: [Thread] = []
            for thread in current {
                if program.instructions[thread.at] == .match {
                    // Whatever comes later in the list is a reading that is less preferred.
                    found = thread
                    break
                }
                guard position < text.count, takes(thread.at, text[position].value) else { continue }
                var moved = thread
                moved.at += 1
                follow(moved, to: position + 1, into: &next)
            }
            if next.isEmpty, found != nil || program.isAnchored { break }
            if found != nil, !program.captures { break }
            current = next
        }
        return found.map { PatternMatch(version: version(of: $0)) }
    }

    private func takes(_ index: Int, _ value: UInt32) -> Bool {
        switch program.instructions[index] {
        case .scalar(let wanted): wanted == value
        case .set(let number): program.sets[number].contains(value)
        default: false
        }
    }

    /// Adds a reading, and all that it becomes before the next character is read, in order of preference.
    private mutating func follow(_ thread: Thread, to position: Int, into list: inout [Thread]) {
        stack.append(thread)
        while var thread = stack.popLast() {
            guard marks[thread.at] != position else { continue }
            marks[thread.at] = position
            switch program.instructions[thread.at] {
            case .scalar, .set, .match:
                list.append(thread)
                continue
            case .jump(let aim):
                thread.at = aim
            case .split(let first, let second):
                stack.append(Thread(at: second, open: thread.open, close: thread.close))
                thread.at = first
            case .start, .end:
                let wanted = program.instructions[thread.at] == .start ? 0 : text.count
                guard position == wanted else { continue }
                thread.at += 1
            case .open:
                thread.open = position
                thread.at += 1
            case .close:
                thread.close = position
                thread.at += 1
            }
            stack.append(thread)
        }
    }

    private func version(of thread: Thread) -> String? {
        guard program.captures, thread.open >= 0, thread.close >= thread.open else { return nil }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text[thread.open..<thread.close])
        return String(scalars)
    }
}

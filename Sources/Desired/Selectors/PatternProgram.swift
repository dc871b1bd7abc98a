/// An expression as instructions for a machine that follows all its readings at once (Thompson's
/// construction).
struct PatternProgram: Sendable {
    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// The expression has a group named `version`.
    private(set) var captures = false

    enum Instruction: Sendable, Equatable {
        case scalar(UInt32)
        /// One character of the set with this number.
        case set(Int)
        case jump(Int)
        /// Both ways, the first one preferred.
        case split(Int, Int)
        case start
        case end
        case open
        case close
        case match
    }

    init(_ node: PatternNode) {
        emit(node)
        instructions.append(.match)
    }

    /// No match can begin behind the beginning of the text.
    var isAnchored: Bool { instructions.first == .start }

    private mutating func emit(_ node: PatternNode) {
        switch node {
        case .empty: break
        case .scalar(let scalar): instructions.append(.scalar(scalar.value))
        case .set(let set):
            instructions.append(.set(sets.count))
            sets.append(set)
        case .start: instructions.append(.start)
        case .end: instructions.append(.end)
        case .version(let part):
            captures = true
            instructions.append(.open)
            emit(part)
            instructions.append(.close)
        case .sequence(let parts): for part in parts { emit(part) }
        case .choice(let parts): emitChoice(parts)
        case .repeated(let part, let times): emit(part, times)
        }
    }

    private mutating func emitChoice(_ parts: [PatternNode]) {
        var exits: [Int] = []
        for part in parts.dropLast() {
            let split = reserve()
            emit(part)
            exits.append(reserve())
            instructions[split] = .split(split + 1, instructions.count)
        }
        if let last = parts.last { emit(last) }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    private mutating func emit(_ part: PatternNode, _ times: PatternNode.Repetition) {
        guard let most = times.most else { return emitLoop(part, times) }
        for _ in 0..<times.least { emit(part) }
        var splits: [Int] = []
        for _ in times.least..<most {
            splits.append(reserve())
            emit(part)
        }
        for split in splits { branch(at: split, into: split + 1, past: instructions.count, times.isLazy) }
    }

    private mutating func emitLoop(_ part: PatternNode, _ times: PatternNode.Repetition) {
        for _ in 0..<max(0, times.least - 1) { emit(part) }
        // `x*` where x can be nothing is written `(x+)?`: else a round of nothing would end the loop too
        // early.
        let entry = times.least == 0 ? reserve() : nil
        let body = instructions.count
        emit(part)
        if let entry, !part.matchesEmpty {
            instructions.append(.jump(entry))
        } else {
            let back = reserve()
            branch(at: back, into: body, past: instructions.count, times.isLazy)
        }
        if let entry { branch(at: entry, into: body, past: instructions.count, times.isLazy) }
    }

    private mutating func branch(at index: Int, into body: Int, past end: Int, _ isLazy: Bool) {
        instructions[index] = isLazy ? .split(end, body) : .split(body, end)
    }

    /// Makes room for an instruction whose aim is not known yet.
    private mutating func reserve() -> Int {
        instructions.append(.match)
        return instructions.count - 1
    }
}

import YAML

/// Holds nodes against the shapes that the language gives them, and tells every difference.
struct ShapeReader {
    let file: Int
    let variables: Variables
    private(set) var faults: [Fault] = []
    /// There were more faults than are kept.
    private(set) var isCut = false

    /// A text longer than this is no name, pattern or path.
    private static let longestText = 4_096

    init(file: Int, variables: Variables) {
        self.file = file
        self.variables = variables
    }

    /// The place of a node.
    func place(of node: Node) -> Place { Place(file: file, position: node.position, width: node.width) }

    /// The value of a node, or `nil` where it has another shape. `name` is the key that it stands under.
    mutating func read(_ node: Node, as shape: Shape, under name: String, at key: Node) -> Value? {
        switch (shape, node.content) {
        case (.text, .scalar(let scalar)): text(scalar, node, shape, name)
        case (.anyText, .scalar(let scalar)):
            if case .string("") = scalar.meaning {
                Value(node: node, form: .text(""))
            } else {
                text(scalar, node, shape, name)
            }
        case (.choice(let choice), .scalar(let scalar)): word(scalar, node, choice, name)
        case (.choiceOrList(let choice, _), .scalar(let scalar)): wordAlone(scalar, node, choice, name)
        case (.choiceOrList(_, let item), .sequence(let nodes)): list(nodes, node, of: item, name)
        case (.whole(let range), .scalar(let scalar)): whole(scalar, node, range, name)
        case (.share(let range), .scalar(let scalar)):
            if scalar.wholeNumber != nil {
                whole(scalar, node, range, name)
            } else {
                text(scalar, node, shape, name)
            }
        case (.flag, .scalar(let scalar)), (.flagOr, .scalar(let scalar)): flag(scalar, node, shape, name)
        case (.flagOr(let table), .mapping(let entries)): fields(entries, node, table, name, at: key)
        case (.duration(let words), .scalar(let scalar)): duration(scalar, node, or: words, name)
        case (.list(let item), .sequence(let nodes)): list(nodes, node, of: item, name)
        case (.dictionary(let item), .mapping(let entries)): dictionary(entries, node, of: item, name)
        case (.table(let table), .mapping(let entries)): fields(entries, node, table, name, at: key)
        case (.open, .mapping): Value(node: node, form: .open)
        default: mismatch(node, shape, name)
        }
    }

    /// Keeps a fault, unless there are more than anyone reads.
    mutating func tell(_ fault: Fault) {
        if faults.count < FaultList.limit { faults.append(fault) } else { isCut = true }
    }

    private mutating func refuse(_ message: String, _ node: Node, hint: String? = nil) -> Value? {
        tell(Fault(message, at: place(of: node), hint: hint))
        return nil
    }

    private mutating func text(_ scalar: Scalar, _ node: Node, _ shape: Shape, _ name: String) -> Value? {
        guard case .string(let text) = scalar.meaning else { return mismatch(node, shape, name) }
        guard !text.isEmpty else { return refuse("\(name.quoted) is empty", node) }
        let (filled, problems) = variables.fill(text)
        for problem in problems {
            let position = node.position(ofCharacter: problem.offset)
            let width = position == nil ? node.width : problem.width
            let place = Place(file: file, position: position ?? node.position, width: width)
            tell(Fault(problem.message, at: place, hint: problem.hint))
        }
        guard problems.isEmpty else { return nil }
        guard !filled.isEmpty else {
            return refuse("\(name.quoted) is empty once its variables are filled in", node)
        }
        guard filled.utf8.count <= Self.longestText else {
            return refuse("\(name.quoted) has more than \(Self.longestText) bytes", node)
        }
        return Value(node: node, form: .text(filled))
    }

    private mutating func word(_ scalar: Scalar, _ node: Node, _ choice: Choice, _ name: String) -> Value? {
        guard let value = text(scalar, node, .choice(choice), name), let word = value.text else { return nil }
        if choice.words.contains(word) { return value }
        if choice.laterWords.contains(word) {
            return refuse("\(name) \(word.quoted) is not available yet", node)
        }
        let known = choice.words.count == 1 ? "it is" : "it is one of"
        let hint = Suggestion.hint(for: word, among: choice.words)
        return refuse(
            "unknown \(name) \(word.quoted)", node,
            hint: hint ?? "\(known) \(choice.words.joined(separator: ", "))")
    }

    private mutating func duration(
        _ scalar: Scalar, _ node: Node, or words: [String], _ name: String
    ) -> Value? {
        let shape = Shape.duration(or: words)
        guard let value = text(scalar, node, shape, name), let word = value.text else { return nil }
        if words.contains(word) || DurationText.seconds(word) != nil { return value }
        return refuse(
            "\(name.quoted) wants \(shape.wanted), not \(word.shortened(to: 40).quoted)", node,
            hint: Suggestion.hint(for: word, among: words))
    }

    /// A word where a list may stand as well: one that is none of the words was probably meant as its only entry.
    private mutating func wordAlone(_ scalar: Scalar, _ node: Node, _ choice: Choice, _ name: String)
        -> Value?
    {
        guard let value = text(scalar, node, .choiceOrList(choice, .text), name), let word = value.text else {
            return nil
        }
        if choice.words.contains(word) { return value }
        let hint = Suggestion.hint(for: word, among: choice.words)
        return refuse(
            "unknown \(name) \(word.quoted)", node, hint: hint ?? "write it as a list: [\(node.excerpt)]")
    }

    private mutating func whole(
        _ scalar: Scalar, _ node: Node, _ range: ClosedRange<Int>, _ name: String
    ) -> Value? {
        guard let number = scalar.wholeNumber else { return mismatch(node, .whole(range), name) }
        guard range.contains(number) else {
            return refuse("\(name.quoted) wants \(Shape.whole(range).wanted), not \(number)", node)
        }
        return Value(node: node, form: .whole(number))
    }

    private mutating func flag(_ scalar: Scalar, _ node: Node, _ shape: Shape, _ name: String) -> Value? {
        guard case .bool(let flag) = scalar.meaning else { return mismatch(node, shape, name) }
        return Value(node: node, form: .flag(flag))
    }

    private mutating func list(_ nodes: [Node], _ node: Node, of item: Shape, _ name: String) -> Value? {
        guard !nodes.isEmpty else {
            return refuse("\(name.quoted) is empty", node, hint: "write at least one entry")
        }
        let itemName = if case .table = item { name + "[]" } else { name }
        let values = nodes.compactMap { read($0, as: item, under: itemName, at: $0) }
        return Value(node: node, form: .list(values))
    }

    private mutating func dictionary(
        _ entries: [Node.Entry], _ node: Node, of item: Shape, _ name: String
    ) -> Value? {
        guard !entries.isEmpty else {
            return refuse("\(name.quoted) is empty", node, hint: "write at least one entry")
        }
        let members = entries.compactMap { entry in
            read(entry.value, as: item, under: entry.name, at: entry.key)
                .map { Fields.Member(name: entry.name, key: entry.key, value: $0) }
        }
        return Value(node: node, form: .fields(Fields(members: members)))
    }

    private mutating func fields(
        _ entries: [Node.Entry], _ node: Node, _ table: Table, _ name: String, at key: Node
    ) -> Value? {
        var members: [Fields.Member] = []
        for entry in entries {
            guard let known = table[entry.name] else {
                unknown(entry, table, name)
                continue
            }
            if let value = read(entry.value, as: known.shape, under: entry.name, at: entry.key) {
                members.append(Fields.Member(name: entry.name, key: entry.key, value: value))
            }
        }
        let given = Set(entries.map { nearest(to: $0.name, in: table) ?? $0.name })
        // A key that waits for its time may be the one that would have been enough.
        if given.isDisjoint(with: table.later) {
            for fault in table.missing(given: given, in: name) {
                tell(Fault(fault.message, at: place(of: key), hint: fault.hint))
            }
        }
        return Value(node: node, form: .fields(Fields(members: members)))
    }

    private mutating func unknown(_ entry: Node.Entry, _ table: Table, _ name: String) {
        if table.later.contains(entry.name) {
            tell(Fault("\(entry.name.quoted) is not available yet", at: place(of: entry.key)))
            return
        }
        let known = table.keys.map(\.name)
        let all = known.isEmpty ? "it takes no keys" : "it takes \(known.joined(separator: ", "))"
        let hint = nearest(to: entry.name, in: table).map { "did you mean '\($0)'?" } ?? all
        tell(
            Fault("unknown key \(entry.name.quoted) in \(name.quoted)", at: place(of: entry.key), hint: hint))
    }

    /// A guess costs time, and none is shown with a fault that is not kept.
    private func nearest(to name: String, in table: Table) -> String? {
        faults.count < FaultList.limit ? table.nearest(to: name) : nil
    }

    private mutating func mismatch(_ node: Node, _ shape: Shape, _ name: String) -> Value? {
        switch (shape, node.content) {
        case (.list, .scalar(let scalar)) where scalar.meaning != .null:
            return refuse(
                "\(name.quoted) wants a list, not \(node.kind)", node,
                hint: "write it as a list: [\(node.excerpt)]")
        case (.text, .scalar(let scalar)) where scalar.meaning != .null,
            (.anyText, .scalar(let scalar)) where scalar.meaning != .null:
            return refuse(
                "\(name.quoted) wants a text, not \(node.kind)", node, hint: "quote it: '\(node.excerpt)'")
        default:
            return refuse("\(name.quoted) wants \(shape.wanted), not \(node.kind)", node)
        }
    }
}

extension Node {
    /// What it is, for messages.
    var kind: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            switch scalar.meaning {
            case .null: "nothing"
            case .bool: "a truth value"
            case .int, .float: "a number"
            case .string: "a text"
            }
        }
    }

    /// The beginning of a scalar, for hints.
    var excerpt: String {
        if case .scalar(let scalar) = content { scalar.text.shortened(to: 40) } else { "…" }
    }
}

/// Builds documents from events: follows aliases and merge keys, and counts what they cost.
struct Composer {
    private let events: EventSource
    private let limits: YAMLLimits
    private var anchors: [String: Part] = [:]
    private var openAnchors: Set<String> = []
    private var nodes = 0
    private var expanded = 0

    /// With more faults than this, the reading ends.
    private static let mostFaults = 1_000

    /// Faults that did not end the reading.
    private(set) var faults: [YAMLFault] = []

    /// A node with what it costs to walk it: aliases share memory, but not the walk.
    struct Part {
        var node: Node
        /// Nodes in it, itself counted.
        var weight = 1
        /// Collections inside each other in it.
        var height = 0
    }

    init(events: EventSource, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    /// The next document; `nil` at the end of the text.
    mutating func nextDocument() throws(YAMLFault) -> Node? {
        while true {
            switch try events.next().kind {
            case .streamEnd: return nil
            case .documentStart:
                anchors = [:]
                return try part(from: try events.next(), depth: 0).node
            default: continue
            }
        }
    }

    private mutating func part(from event: Event, depth: Int) throws(YAMLFault) -> Part {
        nodes += 1
        guard nodes <= limits.nodes else {
            throw YAMLFault("the file has more than \(limits.nodes) values", at: event.start)
        }
        switch event.kind {
        case .alias(let name): return try follow(name, event, depth: depth)
        case .scalar(let text, let style, let anchor):
            return named(anchor, scalar(text, style, event))
        case .sequenceStart(let anchor):
            return try collection(anchor, event, depth) { composer throws(YAMLFault) in
                try composer.sequence(event, depth: depth + 1)
            }
        case .mappingStart(let anchor):
            return try collection(anchor, event, depth) { composer throws(YAMLFault) in
                try composer.mapping(event, depth: depth + 1)
            }
        default: throw YAMLFault("a value is missing", at: event.start)
        }
    }

    private func scalar(_ text: String, _ style: Event.Style, _ event: Event) -> Part {
        let quotes = style == .quoted ? 1 : 0
        let isVerbatim =
            style != .block && event.start.line == event.end.line
            && event.end.column - event.start.column == text.unicodeScalars.count + 2 * quotes
        let scalar = Scalar(text: text, isPlain: style == .plain, leadingQuotes: isVerbatim ? quotes : nil)
        return Part(node: Node(content: .scalar(scalar), position: event.start, width: event.width))
    }

    private mutating func collection(
        _ anchor: String?, _ event: Event, _ depth: Int,
        read: (inout Composer) throws(YAMLFault) -> Part
    ) throws(YAMLFault) -> Part {
        guard depth < limits.depth else { throw tooDeep(at: event.start) }
        guard let anchor else { return try read(&self) }
        let isNested = !openAnchors.insert(anchor).inserted
        defer { if !isNested { openAnchors.remove(anchor) } }
        anchors[anchor] = nil
        return named(anchor, try read(&self))
    }

    private mutating func named(_ anchor: String?, _ part: Part) -> Part {
        if let anchor { anchors[anchor] = part }
        return part
    }

    private mutating func follow(_ name: String, _ event: Event, depth: Int) throws(YAMLFault) -> Part {
        guard let part = anchors[name] else {
            let problem =
                openAnchors.contains(name)
                ? "the alias '*\(name)' stands inside what it names"
                : "no anchor '&\(name)' stands before this alias"
            throw YAMLFault(problem, at: event.start, width: event.width)
        }
        guard depth + part.height <= limits.depth else { throw tooDeep(at: event.start) }
        try count(part.weight, at: event)
        return part
    }

    private mutating func count(_ weight: Int, at event: Event) throws(YAMLFault) {
        expanded += weight
        guard expanded <= limits.expandedNodes else {
            throw YAMLFault(
                "the aliases up to here stand for more than \(limits.expandedNodes) values", at: event.start,
                width: event.width)
        }
    }

    private func tooDeep(at position: Position) -> YAMLFault {
        YAMLFault("more than \(limits.depth) collections stand inside each other", at: position)
    }

    private mutating func sequence(_ start: Event, depth: Int) throws(YAMLFault) -> Part {
        var items: [Node] = []
        var whole = Part(node: Node(content: .sequence([]), position: start.start, width: 1), height: 1)
        while true {
            let event = try events.next()
            if case .collectionEnd = event.kind { break }
            let item = try part(from: event, depth: depth)
            whole.count(item)
            items.append(item.node)
        }
        whole.node.content = .sequence(items)
        return whole
    }

    private mutating func mapping(_ start: Event, depth: Int) throws(YAMLFault) -> Part {
        var builder = MappingBuilder(start: start)
        while true {
            let event = try events.next()
            if case .collectionEnd = event.kind { break }
            let key = try part(from: event, depth: depth).node
            let value = try part(from: try events.next(), depth: depth)
            guard let fault = try builder.add(key, value) else { continue }
            guard faults.count < Self.mostFaults else { throw fault }
            faults.append(fault)
        }
        return builder.finished()
    }
}

extension Composer.Part {
    /// Counts a node that becomes part of this one.
    mutating func count(_ part: Composer.Part) {
        weight += part.weight
        height = max(height, part.height + 1)
    }
}

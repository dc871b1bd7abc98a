/// Gathers the entries of one mapping, in order, with its merge keys (`<<`) followed.
struct MappingBuilder {
    private var whole: Composer.Part
    private var entries: [Node.Entry] = []
    private var places: [String: Position] = [:]
    private var merged: [Node.Entry] = []
    private var mergeKey: Position?

    init(start: Event) {
        let node = Node(content: .mapping([]), position: start.start, width: 1)
        whole = Composer.Part(node: node, height: 1)
    }

    /// Takes a key with its value; a fault that comes back is told and does not end the reading.
    mutating func add(_ key: Node, _ value: Composer.Part) throws(YAMLFault) -> YAMLFault? {
        guard case .scalar(let scalar) = key.content else {
            throw YAMLFault("a key must be a plain text, not a list or a mapping", at: key)
        }
        if scalar.isPlain, scalar.text == "<<" { return try merge(value, key: key) }
        whole.weight += 1
        whole.count(value)
        if let first = places[scalar.text] { return duplicate(scalar.text, at: key, first: first) }
        places[scalar.text] = key.position
        entries.append(Node.Entry(name: scalar.text, key: key, value: value.node))
        return nil
    }

    /// The mapping. What it says itself wins over what it merges; of merged mappings the first wins.
    func finished() -> Composer.Part {
        var all = entries
        var names = Set(places.keys)
        for entry in merged where names.insert(entry.name).inserted { all.append(entry) }
        var part = whole
        part.node.content = .mapping(all)
        if let first = all.first, first.key.position == part.node.position {
            part.node.width = first.key.width
        }
        return part
    }

    private mutating func merge(_ part: Composer.Part, key: Node) throws(YAMLFault) -> YAMLFault? {
        if let mergeKey { return duplicate("<<", at: key, first: mergeKey) }
        mergeKey = key.position
        let value = part.node
        whole.weight += part.weight
        whole.height = max(whole.height, part.height)
        switch value.content {
        case .mapping(let entries): merged = entries
        case .sequence(let items):
            for item in items {
                guard case .mapping(let entries) = item.content else { throw wrongMerge(at: item) }
                merged += entries
            }
        case .scalar: throw wrongMerge(at: value)
        }
        return nil
    }

    private func wrongMerge(at node: Node) -> YAMLFault {
        YAMLFault("'<<' wants a mapping or a list of mappings", at: node, hint: "write '<<: *name'")
    }

    private func duplicate(_ name: String, at key: Node, first: Position) -> YAMLFault {
        let advice = name == "<<" ? "; one '<<' with a list merges several mappings" : ""
        return YAMLFault(
            "the key '\(name.prefix(80))' stands here for the second time", at: key,
            hint: "the first one is at \(first)\(advice)")
    }
}

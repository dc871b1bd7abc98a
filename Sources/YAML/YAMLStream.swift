/// Everything that one text holds: its documents, and what is wrong with it.
public struct YAMLStream: Sendable {
    /// The documents that could be read, empty ones left out.
    public private(set) var documents: [Node] = []
    /// What is wrong, in the order of the text. A key given twice is told, and its first value kept.
    public private(set) var faults: [YAMLFault] = []
    /// The text was read to its end; `false`: a fault ended it, and there may be more documents.
    public private(set) var isComplete = true

    /// Reads a text. Any bytes are taken: what can't be read becomes a fault.
    public init(reading bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) {
        do throws(YAMLFault) {
            try read(bytes, limits: limits)
        } catch {
            faults.append(error)
            isComplete = false
        }
    }

    private mutating func read(_ bytes: [UInt8], limits: YAMLLimits) throws(YAMLFault) {
        guard bytes.count <= limits.bytes else {
            throw YAMLFault(
                "the file has more than \(limits.bytes >> 20) MiB", at: Position(line: 1, column: 1))
        }
        try checkEncoding(bytes)
        var composer = Composer(events: EventSource(bytes), limits: limits)
        defer { faults += composer.faults }
        while let document = try composer.nextDocument() {
            if case .scalar(let scalar) = document.content, scalar.meaning == .null { continue }
            documents.append(document)
        }
    }

    private func checkEncoding(_ bytes: [UInt8]) throws(YAMLFault) {
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        var position = Position(line: 1, column: 1)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { position.pass(scalar) }
        throw YAMLFault("the file is not UTF-8", at: position, hint: "save it as UTF-8")
    }
}

extension Position {
    /// Steps over one character.
    mutating func pass(_ scalar: Unicode.Scalar) {
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }
}

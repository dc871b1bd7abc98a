import CYAML

/// libyaml's event parser over bytes in memory. Every unsafe pointer of this module lives here.
final class EventSource {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let isReady: Bool

    /// Takes a copy of the bytes, since libyaml reads them as it goes; a byte order mark is no part of the
    /// text.
    init(_ bytes: [UInt8]) {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        input = .allocate(capacity: text.count)
        _ = input.initialize(from: text)
        parser = .allocate(capacity: 1)
        isReady = yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    /// The next event that means something; starts of streams and ends of documents do not.
    func next() throws(YAMLFault) -> Event {
        guard isReady else { throw YAMLFault("no memory for the parser", at: Position(line: 1, column: 1)) }
        while true {
            var raw = yaml_event_t()
            guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
            defer { yaml_event_delete(&raw) }
            let start = Position(raw.start_mark)
            guard let kind = try kind(of: raw, at: start) else { continue }
            return Event(kind: kind, start: start, end: Position(raw.end_mark))
        }
    }

    private func kind(of raw: yaml_event_t, at start: Position) throws(YAMLFault) -> Event.Kind? {
        switch raw.type {
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
        case YAML_ALIAS_EVENT: return .alias(text(raw.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            try refuse(tag: raw.data.sequence_start.tag, at: start)
            return .sequenceStart(anchor: text(raw.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT:
            try refuse(tag: raw.data.mapping_start.tag, at: start)
            return .mappingStart(anchor: text(raw.data.mapping_start.anchor))
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            try refuse(tag: scalar.tag, at: start)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                text: String(decoding: bytes, as: UTF8.self), style: style(scalar.style),
                anchor: text(scalar.anchor))
        default: return nil
        }
    }

    private func style(_ style: yaml_scalar_style_t) -> Event.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .plain
        }
    }

    private func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func refuse(tag: UnsafeMutablePointer<UInt8>?, at position: Position) throws(YAMLFault) {
        guard let tag = text(tag) else { return }
        let core = "tag:yaml.org,2002:"
        let shown = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
        throw YAMLFault(
            "the tag '\(shown.prefix(80))' is not read here", at: position,
            hint: "write the value without a tag; quotes make a text of a number")
    }

    private func failure() -> YAMLFault {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it can't be read"
        guard parser.pointee.error != YAML_READER_ERROR else {
            return YAMLFault(problem, at: position(ofByte: parser.pointee.problem_offset))
        }
        let position = Position(parser.pointee.problem_mark)
        let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
        return YAMLFault("not YAML: \(problem)\(context)", at: position, hint: hint(for: problem))
    }

    private func hint(for problem: String) -> String? {
        switch problem {
        case "found character that cannot start any token":
            "indent with spaces, not tabs; quote a text that begins with '@', '`' or '%'"
        case "mapping values are not allowed in this context":
            "quote a text that holds ': ', and look at the indentation"
        case "did not find expected alphabetic or numeric character":
            "quote a text that begins with '*' or '&'"
        case "did not find expected key", "did not find expected '-' indicator":
            "look at the indentation of this line and the one before"
        default: nil
        }
    }

    private func position(ofByte offset: Int) -> Position {
        var position = Position(line: 1, column: 1)
        for scalar in String(decoding: input.prefix(offset), as: UTF8.self).unicodeScalars {
            position.pass(scalar)
        }
        return position
    }
}

extension Position {
    init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

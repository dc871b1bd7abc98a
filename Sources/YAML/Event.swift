/// One step of the parser, as a value: nothing of libyaml's memory leaves `EventSource`.
struct Event {
    var kind: Kind
    /// Where it begins.
    var start: Position
    /// Where it ends, exclusive.
    var end: Position

    enum Kind {
        case documentStart
        case scalar(text: String, style: Style, anchor: String?)
        case sequenceStart(anchor: String?)
        case mappingStart(anchor: String?)
        case collectionEnd
        case alias(String)
        case streamEnd
    }

    enum Style {
        case plain, quoted, block
    }

    /// The characters between its ends, where both are on one line.
    var width: Int { start.line == end.line ? max(1, end.column - start.column) : 1 }
}

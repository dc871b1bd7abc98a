/// What a value must look like. The decoder and the JSON Schema both follow it, so that they can't disagree.
indirect enum Shape: Sendable {
    /// A text that is not empty.
    case text
    /// A text that may be empty.
    case anyText
    /// A whole number.
    case whole(ClosedRange<Int>)
    /// A whole number, or a part of a whole, such as `10%`.
    case share(ClosedRange<Int>)
    /// `true` or `false`.
    case flag
    /// `true` or `false`, or keys that say more.
    case flagOr(Table)
    /// A length of time, or one of some words.
    case duration(or: [String])
    /// One of some words.
    case choice(Choice)
    /// One of some words, or one or more values in a row.
    case choiceOrList(Choice, Shape)
    /// One or more values in a row.
    case list(Shape)
    /// One or more keys that the writer names.
    case dictionary(Shape)
    /// Keys that the language names.
    case table(Table)
    /// A mapping whose keys depend on something else.
    case open

    /// What it takes, for messages.
    var wanted: String {
        switch self {
        case .text, .anyText: "a text"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .share(let range):
            "a whole number from \(range.lowerBound) to \(range.upperBound), or a part such as 10%"
        case .flag: "true or false"
        case .flagOr: "true, false or a mapping"
        case .duration(let words):
            words.isEmpty
                ? "a time such as 1h" : words.map(\.quoted).joined(separator: ", ") + " or a time such as 24h"
        case .choice(let choice): choice.words.map(\.quoted).joined(separator: " or ")
        case .choiceOrList(let choice, _): choice.words.map(\.quoted).joined(separator: " or ") + " or a list"
        case .list: "a list"
        case .dictionary, .table, .open: "a mapping"
        }
    }
}

/// The words that a key takes, and what it will take once it is built.
struct Choice: Sendable {
    /// The words it takes now.
    var words: [String]
    /// Words that are not available yet.
    var laterWords: [String] = []
}

/// The keys of one mapping.
struct Table: Sendable {
    /// The keys that work.
    var keys: [Key]
    /// Keys of the language that are refused until they work.
    var later: [String] = []
    /// What must hold between its keys.
    var rules: [Rule] = []

    /// What must hold between the keys of a mapping.
    enum Rule: Sendable {
        /// One of these and no other of them.
        case exactlyOne([String])
        /// One of these, or several.
        case atLeastOne([String])
        /// Not both.
        case notBoth(String, String)
        /// The first has no meaning without the second.
        case needs(String, String)
    }

    subscript(name: String) -> Key? { keys.first { $0.name == name } }
}

/// One key of the language.
struct Key: Sendable {
    var name: String
    var shape: Shape
    /// It can't be left out.
    var isRequired = false
    /// One sentence for editors.
    var meaning: String

    /// Describes a key that may be left out.
    init(_ name: String, _ shape: Shape, _ meaning: String) {
        self.name = name
        self.shape = shape
        self.meaning = meaning
    }

    /// The same key, as one that can't be left out.
    var required: Key {
        var key = self
        key.isRequired = true
        return key
    }
}

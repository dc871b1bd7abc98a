import YAML

/// A part of a manifest whose shape is right, its variables filled in.
struct Value {
    var node: Node
    var form: Form

    enum Form {
        case text(String)
        case whole(Int)
        case flag(Bool)
        case list([Value])
        case fields(Fields)
        /// A mapping that is read later.
        case open
    }

    var text: String? { if case .text(let text) = form { text } else { nil } }
    var whole: Int? { if case .whole(let number) = form { number } else { nil } }
    var flag: Bool? { if case .flag(let flag) = form { flag } else { nil } }
    var list: [Value] { if case .list(let items) = form { items } else { [] } }
    var fields: Fields? { if case .fields(let fields) = form { fields } else { nil } }
}

/// The keys of a mapping that could be read; what was at fault is told already and left out.
struct Fields {
    var members: [Member]

    struct Member {
        var name: String
        var key: Node
        var value: Value
    }

    subscript(name: String) -> Value? { members.first { $0.name == name }?.value }
}

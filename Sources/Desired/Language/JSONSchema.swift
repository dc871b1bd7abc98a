/// The JSON Schema (draft 2020-12) of one object of the manifests, made from the table that the decoder
/// follows.
///
/// A schema can't see what a name refers to, whether a file is there, or what a variable stands for: a text
/// with `${` in it passes wherever a text is wanted.
public enum JSONSchema {
    /// The schema as text, one line feed at its end.
    public static var text: String {
        let head: [(String, JSONText)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("davit manifest")),
        ]
        let specs = ("allOf", JSONText.list(Kind.allCases.map(specRule)))
        return JSONText.object(head + schema(of: Language.object) + [specs]).rendered() + "\n"
    }

    /// The rule that ties a kind to the keys of its `spec`.
    private static func specRule(of kind: Kind) -> JSONText {
        let isKind = JSONText.object([
            ("properties", .object([("kind", .object([("const", .text(kind.rawValue))]))]))
        ])
        let spec = JSONText.object([
            ("properties", .object([("spec", .object(schema(of: Language.spec(of: kind))))]))
        ])
        return .object([("if", isKind), ("then", spec)])
    }

    private static func schema(of table: Table) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = [("type", .text("object"))]
        let required = table.keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { members.append(("required", .words(required))) }
        members.append(("properties", .object(table.keys.map { ($0.name, schema(of: $0)) })))
        members.append(("additionalProperties", .flag(false)))
        if !table.rules.isEmpty {
            members.append(("allOf", .list(table.rules.map { .object([schema(of: $0)]) })))
        }
        return members
    }

    private static func schema(of key: Key) -> JSONText {
        .object([("description", .text(key.meaning))] + schema(of: key.shape))
    }

    private static func schema(of rule: Table.Rule) -> (String, JSONText) {
        func given(_ names: String...) -> JSONText { .object([("required", .words(names))]) }
        return switch rule {
        case .exactlyOne(let names): ("oneOf", .list(names.map { given($0) }))
        case .atLeastOne(let names): ("anyOf", .list(names.map { given($0) }))
        case .notBoth(let one, let other): ("not", given(one, other))
        case .needs(let one, let other): ("dependentRequired", .object([(one, .words([other]))]))
        }
    }

    private static func schema(of shape: Shape) -> [(String, JSONText)] {
        switch shape {
        case .text: [("type", .text("string")), ("minLength", .number(1))]
        case .anyText: [("type", .text("string"))]
        case .whole(let range):
            [
                ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ]
        case .share(let range):
            [
                (
                    "anyOf",
                    .list([
                        .object(schema(of: .whole(range))),
                        .object([("type", .text("string")), ("pattern", .text("^(100|[0-9]{1,2})%$"))]),
                        variable,
                    ])
                )
            ]
        case .flag: [("type", .text("boolean"))]
        case .flagOr(let table):
            [("anyOf", .list([.object([("type", .text("boolean"))]), .object(schema(of: table))]))]
        case .duration(let words):
            [
                (
                    "anyOf",
                    .list((words.isEmpty ? [] : [.object([("enum", .words(words))])]) + [duration, variable])
                )
            ]
        case .choice(let choice):
            [("anyOf", .list([.object([("enum", .words(choice.words))]), variable]))]
        case .choiceOrList(let choice, let item):
            [
                (
                    "anyOf",
                    .list([
                        .object([("enum", .words(choice.words))]), variable,
                        .object(schema(of: .list(item))),
                    ])
                )
            ]
        case .list(let item):
            [("type", .text("array")), ("minItems", .number(1)), ("items", .object(schema(of: item)))]
        case .dictionary(let value):
            [
                ("type", .text("object")), ("minProperties", .number(1)),
                ("additionalProperties", .object(schema(of: value))),
            ]
        case .table(let table): schema(of: table)
        case .open: [("type", .text("object"))]
        }
    }

    private static let duration = JSONText.object([
        ("type", .text("string")), ("pattern", .text("^[0-9]{1,9}[smhd]$")),
    ])

    /// A word that a variable makes: which one, only the decoder knows.
    private static let variable = JSONText.object([
        ("type", .text("string")), ("pattern", .text("\\$\\{")),
    ])
}

import Desired

/// Reads a selector as the table of `manifests/SELECTORS.md` writes it: YAML's flow form, in one line.
struct SelectorReader {
    private var rest: Substring

    /// What can go wrong with a cell.
    struct Fault: Error {
        var rest: String
    }

    static func read(_ text: String) throws -> TagSelector {
        var reader = SelectorReader(rest: text[...])
        var selector = TagSelector()
        try reader.expect("{")
        while !reader.skip("}") {
            let key = try reader.scalar()
            try reader.expect(":")
            try reader.value(of: key, into: &selector)
            _ = reader.skip(",")
        }
        guard reader.rest.isEmpty else { throw Fault(rest: String(reader.rest)) }
        return selector
    }

    private mutating func value(of key: String, into selector: inout TagSelector) throws {
        switch key {
        case "include": selector.include = try list().map { Glob($0) }
        case "exclude": selector.exclude = try list().map { Glob($0) }
        case "matching": selector.matching = try Pattern(scalar())
        case "semver": selector.semver = try VersionRange(scalar())
        case "prereleases": selector.prereleases = try scalar() == "true"
        case "sortBy": selector.sortBy = try SortOrder(rawValue: scalar())
        case "newest": selector.newest = try Int(scalar())
        default: throw Fault(rest: key)
        }
    }

    private mutating func list() throws -> [String] {
        var items: [String] = []
        try expect("[")
        while !skip("]") {
            items.append(try scalar())
            _ = skip(",")
        }
        return items
    }

    private mutating func scalar() throws -> String {
        if skip("'") {
            let text = rest.prefix { $0 != "'" }
            rest = rest[text.endIndex...]
            try expect("'")
            return String(text)
        }
        let text = rest.prefix { !" ,:]}".contains($0) }
        guard !text.isEmpty else { throw Fault(rest: String(rest)) }
        rest = rest[text.endIndex...]
        return String(text)
    }

    private mutating func skip(_ character: Character) -> Bool {
        let start = rest.drop { $0 == " " }
        guard start.first == character else { return false }
        rest = start.dropFirst()
        if character != "'" { rest = rest.drop { $0 == " " } }
        return true
    }

    private mutating func expect(_ character: Character) throws {
        guard skip(character) else { throw Fault(rest: String(rest)) }
    }
}

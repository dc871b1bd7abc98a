/// An element of the XML that AWS's query services answer in: names, texts and children, and nothing else.
///
/// Attributes and name spaces are left out. Document types are refused, so that no entity but the five of XML itself
/// can come about; depth and number of elements are bounded.
struct XMLNode: Hashable, Sendable {
    /// The element's name, without a prefix.
    var name: String
    /// The text directly in it.
    var text = ""
    /// The elements directly in it.
    var children: [XMLNode] = []

    /// The first child of a name.
    func first(_ name: String) -> XMLNode? { children.first { $0.name == name } }

    /// The text of what lies below, one name after the other.
    func text(at path: String...) -> String? {
        var node = self
        for name in path {
            guard let next = node.first(name) else { return nil }
            node = next
        }
        return node.text
    }

    /// Reads a document.
    init(parsing bytes: [UInt8]) throws(XMLError) {
        var reader = XMLReader(bytes)
        self = try reader.document()
    }

    init(name: String) { self.name = name }
}

/// A text that is no XML of the kind that is read here.
struct XMLError: Error, Hashable {
    /// Where it is wrong, in bytes from the start.
    var offset: Int
}

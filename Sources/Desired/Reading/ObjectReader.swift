import OCI
import YAML

/// Reads the objects of one file.
struct ObjectReader {
    let file: SourceFile
    var shapes: ShapeReader
    /// The expressions of this file.
    var patterns: [String: Pattern] = [:]
    /// What was read beside the manifests.
    var texts: TextFiles

    /// Names of objects whose kind could not be told.
    private(set) var kindless: Set<String> = []
    /// An object whose name could not be told stands here.
    private(set) var hasNameless = false

    init(file: SourceFile, number: Int, variables: Variables, texts: TextFiles) {
        self.file = file
        self.texts = texts
        shapes = ShapeReader(file: number, variables: variables)
    }

    /// Everything that is wrong so far.
    var faults: [Fault] { shapes.faults }
    /// There was more, which is not kept.
    var isCut: Bool { shapes.isCut }

    /// Reads one document; `nil` where it can't be told what it is.
    mutating func object(_ document: Node) -> Declaration? {
        guard
            let object = shapes.read(
                document, as: .table(Language.object), under: "document", at: document),
            let fields = object.fields
        else {
            hasNameless = true
            return nil
        }
        let name = self.name(fields["metadata"]?.fields?["name"])
        if name == nil { hasNameless = true }
        guard let kind = fields["kind"]?.text.flatMap(Kind.init(rawValue:)) else {
            if let name { kindless.insert(name.name) }
            return nil
        }
        let before = faults.count
        let body = fields["spec"].flatMap { self.body(kind, $0.node, name: name?.name ?? "", object) }
        guard let name else { return nil }
        return Declaration(
            kind: kind, name: name.name, place: name.place, body: body, isWhole: faults.count == before)
    }

    private mutating func body(_ kind: Kind, _ spec: Node, name: String, _ object: Value) -> Declaration.Body?
    {
        let key = object.fields?.members.first { $0.name == "spec" }?.key ?? spec
        guard
            let fields = shapes.read(spec, as: .table(Language.spec(of: kind)), under: "spec", at: key)?
                .fields
        else {
            return nil
        }
        return switch kind {
        case .credential: credential(name, fields).map { .credential($0.credential, via: $0.via) }
        case .registry: registry(name, fields).map { .registry($0.registry, uses: $0.uses) }
        case .replication: rule(name, fields).map { .rule($0.rule, $0.places) }
        case .notification: notification(name, fields).map { .notification($0.notification, $0.places) }
        }
    }

    /// Names are those of Kubernetes: they may become resources and labels there.
    private mutating func name(_ value: Value?) -> NamedPlace? {
        guard let value, let text = value.text else { return nil }
        let isWord = text.utf8.allSatisfy {
            Self.isLowerOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        let ends = [text.utf8.first, text.utf8.last].compactMap { $0 }
        guard isWord, text.utf8.count <= 253, ends.allSatisfy(Self.isLowerOrDigit) else {
            refuse(
                "\(text.quoted) is no name", at: value,
                hint:
                    "a name has a-z, 0-9, '-' and '.', no '-' or '.' at its ends, and at most 253 characters")
            return nil
        }
        return NamedPlace(name: text, place: place(of: value))
    }

    static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    // MARK: Telling

    func place(of value: Value) -> Place { shapes.place(of: value.node) }

    mutating func refuse(_ message: String, at value: Value, hint: String? = nil) {
        refuse(message, at: place(of: value), hint: hint)
    }

    mutating func refuse(_ message: String, at place: Place, hint: String? = nil) {
        shapes.tell(Fault(message, at: place, hint: hint))
    }

    /// Tells a fault inside a text, at its characters where the text stands in the file as it is.
    mutating func refuse(_ message: String, at value: Value, offset: Int, width: Int, hint: String? = nil) {
        guard case .scalar(let scalar) = value.node.content, scalar.text == value.text,
            let position = value.node.position(ofCharacter: offset)
        else { return refuse(message, at: value, hint: hint) }
        refuse(message, at: Place(file: shapes.file, position: position, width: width), hint: hint)
    }

    /// Makes something of a text, or tells why it is none.
    mutating func read<Result, Reason: Error & CustomStringConvertible>(
        _ value: Value?, hint: String? = nil, _ make: (String) throws(Reason) -> Result
    ) -> Result? {
        guard let value, let text = value.text else { return nil }
        do throws(Reason) {
            return try make(text)
        } catch {
            refuse(error.description, at: value, hint: hint)
            return nil
        }
    }
}

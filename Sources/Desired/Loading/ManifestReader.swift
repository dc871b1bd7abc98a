import YAML

/// Turns texts into declarations, one file after the other.
struct ManifestReader {
    private let variables: Variables

    /// How many documents there were.
    private(set) var documents = 0
    private(set) var declarations: [Declaration] = []
    private(set) var faults: [Fault] = []
    private(set) var unknown = UnknownNames()
    /// What was read beside the manifests.
    private(set) var texts: TextFiles

    /// There are faults that are not kept.
    private(set) var isCut = false

    /// Reads so many files.
    init(options: LoadOptions, files count: Int) {
        texts = TextFiles(after: count)
        variables = Variables(environment: options.environment, allowed: options.allowedVariables)
    }

    /// Reads one file; nothing, where more faults are known than are told.
    mutating func read(_ file: SourceFile, number: Int) {
        guard faults.count < FaultList.limit else {
            unknown.isOpen = true
            isCut = true
            return
        }
        let stream = YAMLStream(reading: file.bytes)
        documents += stream.documents.count
        faults += stream.faults.map { fault in
            let place = Place(file: number, position: fault.position, width: fault.width)
            return Fault(fault.message, at: place, hint: fault.hint)
        }
        var reader = ObjectReader(file: file, number: number, variables: variables, texts: texts)
        for document in stream.documents where !reader.isCut {
            if let declaration = reader.object(document) { declarations.append(declaration) }
        }
        texts = reader.texts
        faults += reader.faults
        unknown.names.formUnion(reader.kindless)
        if reader.isCut { isCut = true }
        if reader.hasNameless || reader.isCut || !stream.isComplete { unknown.isOpen = true }
    }
}

/// Objects that are there but could not be told: a name that refers to one of them is not at fault.
struct UnknownNames {
    /// Names of objects whose kind is unknown.
    var names: Set<String> = []
    /// There are objects whose names are unknown.
    var isOpen = false

    func mayHold(_ name: String) -> Bool { isOpen || names.contains(name) }
}

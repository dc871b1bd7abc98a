import YAML

/// Gathers faults and turns them into diagnostics: in the order of the files, each told once.
struct FaultList {
    private var faults: Set<Fault> = []
    /// What concerns a file or folder as a whole.
    private var general: [Diagnostic] = []

    /// More than this many are not shown, so that no manifest floods a terminal.
    static let limit = 1_000
    /// There are faults that were not kept.
    var isCut = false

    /// Something stops the manifests from being used.
    var hasErrors: Bool {
        isCut || faults.contains { $0.severity == .error } || general.contains { $0.severity == .error }
    }

    mutating func add(_ more: some Sequence<Fault>) { faults.formUnion(more) }

    mutating func add(_ diagnostic: Diagnostic) { general.append(diagnostic) }

    /// Everything, in order; a line too long for people to read is not shown with its fault.
    func diagnostics(in files: [SourceFile]) -> [Diagnostic] {
        let sorted = shown
        var lines: (file: Int, lines: [Substring.UnicodeScalarView]) = (-1, [])
        var diagnostics = general
        for fault in sorted {
            let place = fault.place
            if lines.file != place.file { lines = (place.file, files[place.file].lines()) }
            let number = place.position.line
            let source =
                lines.lines.indices.contains(number - 1) ? lines.lines[number - 1].prefix(5_000) : nil
            diagnostics.append(
                Diagnostic(
                    severity: fault.severity, file: files[place.file].name, line: number,
                    column: place.position.column, width: place.width, message: fault.message,
                    sourceLine: source.flatMap { $0.count < 5_000 ? String($0) : nil }, hint: fault.hint))
        }
        if isCut || faults.count > Self.limit {
            let message = "there are more faults; these are the first \(Self.limit)"
            diagnostics.append(
                Diagnostic(severity: hasErrors ? .error : .warning, file: "manifests", message: message))
        }
        return diagnostics
    }

    /// As many as are shown, in order: where there are too many, errors go before warnings.
    private var shown: [Fault] {
        func inOrder(_ faults: some Sequence<Fault>) -> [Fault] {
            faults.sorted { ($0.place, $0.message) < ($1.place, $1.message) }
        }
        guard faults.count > Self.limit else { return inOrder(faults) }
        let errors = inOrder(faults.filter { $0.severity == .error }).prefix(Self.limit)
        let warnings = inOrder(faults.filter { $0.severity == .warning })
        return inOrder(errors + warnings.prefix(Self.limit - errors.count))
    }
}

extension DesiredState {
    /// Reads manifests from files, folders and `-`, the standard input, and tells everything that is wrong at
    /// once.
    public static func load(paths: [String], options: LoadOptions = LoadOptions()) -> LoadResult {
        var finder = ManifestFinder(options: options)
        for path in paths { finder.find(path) }
        return load(
            finder.files, faults: finder.faults, named: paths.joined(separator: ", "), options: options)
    }

    /// Reads manifests from a text; of files it may name those inside the secrets directory alone.
    public static func load(text: String, named name: String, options: LoadOptions = LoadOptions())
        -> LoadResult
    {
        let access = FileAccess(secrets: options.secretsDirectory, layouts: options.layoutDirectories)
        let file = SourceFile(name: name, bytes: Array(text.utf8), access: access)
        return load([file], faults: FaultList(), named: name, options: options)
    }

    private static func load(
        _ files: [SourceFile], faults: FaultList, named name: String, options: LoadOptions
    ) -> LoadResult {
        var faults = faults
        var reader = ManifestReader(options: options, files: files.count)
        for (number, file) in files.enumerated() { reader.read(file, number: number) }
        if reader.documents == 0, reader.faults.isEmpty, !faults.hasErrors {
            faults.add(
                Diagnostic(
                    file: name.isEmpty ? "manifests" : name, message: "there are no manifests",
                    hint: "davit reads *.yaml and *.yml, and no file or folder whose name begins with '.'"))
        }
        let all = files + reader.texts.lists
        var linker = Linker(reader.declarations, unknown: reader.unknown, files: all.map(\.name))
        let state = linker.link()
        faults.add(reader.faults)
        faults.add(linker.faults)
        faults.isCut = reader.isCut
        return LoadResult(state: faults.hasErrors ? nil : state, diagnostics: faults.diagnostics(in: all))
    }
}

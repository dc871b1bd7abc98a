import FoundationEssentials

/// Finds and reads the files that a command line names.
struct ManifestFinder {
    private let options: LoadOptions
    private var seen: Set<String> = []
    private var bytes = 0

    private(set) var files: [SourceFile] = []
    private(set) var faults = FaultList()

    private static let mostFiles = 10_000
    private static let mostEntries = 100_000
    private static let largestFile = 4 << 20
    private static let mostBytes = 64 << 20
    private static let deepest = 64

    init(options: LoadOptions) { self.options = options }

    /// Reads the file, the folder or, for `-`, the standard input.
    mutating func find(_ path: String) {
        if path == "-" { return readStandardInput() }
        guard let real = FilePaths.resolved(path) else {
            return refuse(path, "its links go round in circles")
        }
        switch FilePaths.kind(of: real) {
        case .file: read(path, real, root: FilePaths.parent(of: path))
        case .folder: walk(path, real)
        case .other: refuse(path, "it is neither a file nor a folder")
        case nil: refuse(path, "there is no such file or folder")
        }
    }

    /// Everything below a folder, in the order of the paths' bytes.
    private mutating func walk(_ path: String, _ root: String) {
        let found = manifests(below: path, root)
        for entry in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            guard let real = FilePaths.resolved(root + "/" + entry), FilePaths.contains(root, real) else {
                refuse(join(path, entry), "the link leads out of the folder of the manifests")
                continue
            }
            read(join(path, entry), real, root: path)
        }
    }

    /// The paths of the manifests below a folder, from that folder.
    private mutating func manifests(below path: String, _ root: String) -> [String] {
        var found: [String] = []
        var pending = [(folder: "", depth: 0)]
        var count = 0
        while let (folder, depth) = pending.popLast() {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder) else {
                refuse(join(path, folder), "the folder can't be read")
                continue
            }
            count += names.count
            guard count <= Self.mostEntries, depth <= Self.deepest else {
                let problem =
                    "it holds more than \(Self.mostEntries) files, or folders more than \(Self.deepest) deep"
                refuse(path, problem)
                return []
            }
            // In an image layout no manifest stands among the blobs, of which there may be very many.
            let isLayout = names.contains("oci-layout")
            for name in names where !name.hasPrefix(".") && !(isLayout && name == "blobs") {
                let entry = folder.isEmpty ? name : folder + "/" + name
                if FilePaths.kind(of: root + "/" + entry) == .folder {
                    pending.append((entry, depth + 1))
                } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                    found.append(entry)
                } else if FilePaths.resolved(root + "/" + entry).flatMap(FilePaths.kind) == .folder {
                    let message = "the linked folder is left out"
                    faults.add(Diagnostic(severity: .warning, file: join(path, entry), message: message))
                }
            }
        }
        return found
    }

    private func join(_ path: String, _ entry: String) -> String {
        entry.isEmpty ? path : path.hasSuffix("/") ? path + entry : path + "/" + entry
    }

    private mutating func read(_ name: String, _ real: String, root: String) {
        guard seen.insert(real).inserted else { return }
        guard FilePaths.kind(of: real) == .file else {
            return refuse(name, "it is no file, or leads to none")
        }
        bytes += FilePaths.size(of: real)
        guard FilePaths.size(of: real) <= Self.largestFile else {
            return refuse(name, "the file has more than 4 MiB")
        }
        guard files.count < Self.mostFiles, bytes <= Self.mostBytes else {
            return refuse(name, "there are more than \(Self.mostFiles) files or 64 MiB of manifests")
        }
        guard let content = FileManager.default.contents(atPath: real) else {
            return refuse(name, "the file can't be read")
        }
        let access = FileAccess(
            folder: FilePaths.parent(of: name), root: root, secrets: options.secretsDirectory,
            layouts: options.layoutDirectories)
        files.append(SourceFile(name: name, bytes: Array(content), access: access))
    }

    private mutating func readStandardInput() {
        let access = FileAccess(secrets: options.secretsDirectory, layouts: options.layoutDirectories)
        files.append(
            SourceFile(name: "-", bytes: StandardInput.bytes(upTo: Self.largestFile), access: access))
    }

    private mutating func refuse(_ file: String, _ message: String) {
        faults.add(Diagnostic(file: file, message: message))
    }
}

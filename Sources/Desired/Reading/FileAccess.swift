import FoundationEssentials

/// Which files a manifest may name: those under its root and under the secrets directory, wherever
/// links lead.
struct FileAccess {
    /// The folder of the manifest, where its relative paths begin (absolute).
    let folder: String
    /// The folder that they may not leave, links resolved; none for a text that stands in no folder.
    let root: String?
    /// The folder of secrets, links resolved.
    let secrets: String?
    /// Folders of image layouts that may be read and written, links resolved.
    let layouts: [String]

    /// Opens the tree under `root` to the manifests in `folder`.
    init(folder: String, root: String, secrets: String?, layouts: [String] = []) {
        self.folder = FilePaths.absolute(folder)
        self.root = FilePaths.resolved(root) ?? FilePaths.absolute(root)
        self.secrets = secrets.flatMap(FilePaths.resolved)
        self.layouts = layouts.compactMap(FilePaths.resolved)
    }

    /// Opens the secrets directory alone, to a text that stands in no folder.
    init(secrets: String?, layouts: [String] = []) {
        folder = FilePaths.absolute(".")
        root = nil
        self.secrets = secrets.flatMap(FilePaths.resolved)
        self.layouts = layouts.compactMap(FilePaths.resolved)
    }

    /// Why a path is refused.
    enum Refusal: Error, Equatable {
        case absolute, outside, homeless, missing, notAFile, hidden
    }

    /// The absolute path, links resolved, of a folder of image layouts, which davit may make and write into.
    ///
    /// Under the root of the manifests a committer can put any file; so what is written there on his word is nothing
    /// that he could not commit, but for hidden folders, in which other tools keep what is theirs (`.git`).
    func layout(at path: String) throws(Refusal) -> String {
        guard !path.unicodeScalars.contains("\0") else { throw .missing }
        let isAbsolute = path.hasPrefix("/")
        guard let real = FilePaths.resolved(isAbsolute ? path : folder + "/" + path) else { throw .missing }
        if !layouts.contains(where: { FilePaths.contains($0, real) }) {
            guard let root else { throw .homeless }
            if isAbsolute { throw .absolute }
            guard FilePaths.contains(root, real) else { throw .outside }
            let inside = real.dropFirst(root.count).split(separator: "/")
            guard !inside.contains(where: { $0.hasPrefix(".") }) else { throw .hidden }
        }
        switch FilePaths.kind(of: real) {
        case .folder, nil: return real
        default: throw .notAFile
        }
    }

    /// The path, links resolved, of a file whose text is shown or sent on: what a committer could put there himself,
    /// and no secret. In hidden folders other tools keep what is theirs (`.git`).
    func text(at path: String) throws(Refusal) -> String {
        guard !path.unicodeScalars.contains("\0") else { throw .missing }
        guard let root else { throw .homeless }
        guard !path.hasPrefix("/") else { throw .absolute }
        guard let real = FilePaths.resolved(folder + "/" + path) else { throw .missing }
        let isSecret = secrets.map { FilePaths.contains($0, real) } ?? false
        guard FilePaths.contains(root, real), !isSecret else { throw .outside }
        let inside = real.dropFirst(root.count).split(separator: "/")
        guard !inside.contains(where: { $0.hasPrefix(".") }) else { throw .hidden }
        switch FilePaths.kind(of: real) {
        case .file: return real
        case nil: throw .missing
        default: throw .notAFile
        }
    }

    /// The absolute path of the file that a manifest names as `path`.
    func file(at path: String) throws(Refusal) -> String {
        guard !path.unicodeScalars.contains("\0") else { throw .missing }
        let isAbsolute = path.hasPrefix("/")
        let full = isAbsolute ? path : folder + "/" + path
        guard let real = FilePaths.resolved(full) else { throw .missing }
        let isSecret = secrets.map { FilePaths.contains($0, real) } ?? false
        if !isSecret {
            guard let root else { throw .homeless }
            if isAbsolute { throw .absolute }
            guard FilePaths.contains(root, real) else { throw .outside }
        }
        switch FilePaths.kind(of: real) {
        case .file: break
        case nil: throw .missing
        default: throw .notAFile
        }
        // Mounted secrets are exchanged by turning a link: its own path must stay, or the next one is never
        // seen. In the tree of the manifests a link is turned by whoever commits: that path is settled now.
        return isAbsolute ? full : real
    }
}

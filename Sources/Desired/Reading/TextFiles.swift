import FoundationEssentials

/// The files beside the manifests whose texts belong to them: each is read once, and all of them have a bound.
struct TextFiles {
    /// Lists of images, which have faults of their own: they are numbered after the manifests.
    private(set) var lists: [SourceFile] = []

    private let firstNumber: Int
    private var texts: [String: String] = [:]
    private var bytes = 0
    private var listBytes = 0

    /// All of them together.
    private static let mostBytes = 64 << 20
    /// All lists, each counted for every rule that names it.
    private static let mostListBytes = 16 << 20

    /// Numbers lists from `count` on.
    init(after count: Int) { firstNumber = count }

    /// Why a file's text is not had.
    enum Refusal: Error {
        case tooLong, tooMany, unreadable, notUTF8
    }

    /// The text of the file at a resolved path.
    mutating func text(at path: String, atMost limit: Int) throws(Refusal) -> String {
        guard let text = texts[path] else { return try read(path, limit) }
        guard text.utf8.count <= limit else { throw .tooLong }
        return text
    }

    private mutating func read(_ path: String, _ limit: Int) throws(Refusal) -> String {
        guard FilePaths.size(of: path) <= limit else { throw .tooLong }
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable }
        guard data.count <= limit else { throw .tooLong }
        bytes += data.count
        guard bytes <= Self.mostBytes else { throw .tooMany }
        guard let text = String(validating: data, as: UTF8.self) else { throw .notUTF8 }
        texts[path] = text
        return text
    }

    /// Keeps a list under the name that people know its file by; its number, or `nil` where there are too many.
    mutating func add(list text: String, named name: String) -> Int? {
        listBytes += text.utf8.count
        guard listBytes <= Self.mostListBytes else { return nil }
        lists.append(SourceFile(name: name, bytes: Array(text.utf8), access: FileAccess(secrets: nil)))
        return firstNumber + lists.count - 1
    }
}

import OCI

/// A right that a token carries, `type:name:action,…` (distribution token specification).
public struct Scope: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The resource's type: `repository`, `registry`.
    public let type: String
    /// The resource's name, which may hold a `:`.
    public let name: String
    /// What is to be done with it, sorted.
    public let actions: [String]
    /// The text form.
    public let description: String

    /// Names a right.
    public init(type: String, name: String, actions: Set<String>) {
        self.type = type
        self.name = name
        self.actions = actions.sorted()
        description = "\(type):\(name):\(self.actions.joined(separator: ","))"
    }

    /// Reads the text form; the name is what stands between the first and the last colon.
    public init?(_ text: String) {
        guard let first = text.firstIndex(of: ":"), let last = text.lastIndex(of: ":"), first < last else {
            return nil
        }
        let name = text[text.index(after: first)..<last]
        let actions = text[text.index(after: last)...].split(separator: ",")
        guard first > text.startIndex, !name.isEmpty, !actions.isEmpty else { return nil }
        self.init(type: String(text[..<first]), name: String(name), actions: Set(actions.map(String.init)))
    }

    /// The right to read a repository.
    public static func pull(_ repository: RepositoryName) -> Scope {
        Scope(type: "repository", name: repository.description, actions: ["pull"])
    }

    /// The right to read and write a repository.
    public static func push(_ repository: RepositoryName) -> Scope {
        Scope(type: "repository", name: repository.description, actions: ["pull", "push"])
    }

    /// The right to delete from a repository, and to read it.
    public static func delete(_ repository: RepositoryName) -> Scope {
        Scope(type: "repository", name: repository.description, actions: ["pull", "delete"])
    }

    /// The right to list a registry's repositories.
    public static let catalog = Scope(type: "registry", name: "catalog", actions: ["*"])

    /// The repository that the right is about, where it is about one.
    public var repository: RepositoryName? {
        type == "repository" ? try? RepositoryName(name) : nil
    }

    /// Orders rights by their text.
    public static func < (left: Scope, right: Scope) -> Bool { left.description < right.description }

    /// Two rights are one where their text is.
    public static func == (left: Scope, right: Scope) -> Bool { left.description == right.description }

    /// Hashes the text alone, since this happens before every request.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// One right for each resource, in order, with all actions that the given ones name.
    static func merged(_ scopes: Set<Scope>) -> [Scope] {
        let resources = Dictionary(grouping: scopes) { "\($0.type):\($0.name)" }
        return resources.values.compactMap { same in
            same.first.map { Scope(type: $0.type, name: $0.name, actions: Set(same.flatMap(\.actions))) }
        }.sorted()
    }
}

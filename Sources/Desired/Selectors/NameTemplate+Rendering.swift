import OCI

/// How placeholders are filled in. `{registry}` is the source's host in lower case, its port joined by `-`
/// (no name may hold a `:`): `localhost:5000` becomes `localhost-5000`. `{namespace}` is what stands before
/// the last `/` of the repository, `{name}` what stands behind it; where a repository has no namespace,
/// `{namespace}/` is left out with its `/`.
extension NameTemplate {
    /// The placeholders that a template may hold.
    public static let placeholders = ["registry", "repository", "namespace", "name", "tag"]

    /// The text that a template makes for one image, whether a registry takes it or not.
    public func rendered(
        registryHost: String, repository: RepositoryName, tag: Tag
    ) throws(RenderingError) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            result += rest[..<open]
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw .unbalancedBrace(template: text)
            }
            let name = String(rest[open...].dropFirst().prefix { $0 != "}" })
            let value = try Self.value(of: name, registryHost, repository, tag)
            rest = rest[close...].dropFirst()
            if value.isEmpty, rest.first == "/" { rest = rest.dropFirst() }
            result += value
        }
        return result + rest
    }

    /// The name of the repository that a template makes for one image.
    public func repositoryName(
        registryHost: String, repository: RepositoryName, tag: Tag
    ) throws(RenderingError) -> RepositoryName {
        if self == .repository { return repository }
        let text = try rendered(registryHost: registryHost, repository: repository, tag: tag)
        do throws(RepositoryNameError) { return try RepositoryName(text) } catch { throw .repository(error) }
    }

    /// The tag that a template makes for one image.
    public func tagName(
        registryHost: String, repository: RepositoryName, tag: Tag
    ) throws(RenderingError) -> Tag {
        if self == .tag { return tag }
        let text = try rendered(registryHost: registryHost, repository: repository, tag: tag)
        do throws(TagError) { return try Tag(text) } catch { throw .tag(error) }
    }

    /// The name it makes may differ from tag to tag.
    var dependsOnTag: Bool { text.contains("{tag}") }

    private static func value(
        of placeholder: String, _ host: String, _ repository: RepositoryName, _ tag: Tag
    ) throws(RenderingError) -> String {
        let components = repository.description.split(separator: "/")
        switch placeholder {
        case "registry": return host.lowercased().split(separator: ":").joined(separator: "-")
        case "repository": return repository.description
        case "namespace": return components.dropLast().joined(separator: "/")
        case "name": return components.last.map(String.init) ?? ""
        case "tag": return tag.description
        default: throw .unknownPlaceholder(placeholder)
        }
    }
}

import OCI

/// Why a template makes no name of an image.
public enum RenderingError: Error, Equatable, CustomStringConvertible {
    /// A placeholder that there is none of.
    case unknownPlaceholder(String)
    /// A `{` without its `}`, or the other way round.
    case unbalancedBrace(template: String)
    /// The text it makes is no name of a repository.
    case repository(RepositoryNameError)
    /// The text it makes is no tag.
    case tag(TagError)

    /// One line for people.
    public var description: String {
        switch self {
        case .unknownPlaceholder(let name):
            "there is no '{\(name)}': use {registry}, {repository}, {namespace}, {name} or {tag}"
        case .unbalancedBrace(let template): "a '{' or '}' stands alone in '\(template)'"
        case .repository(let error): error.description
        case .tag(let error): error.description
        }
    }
}

import OCI

/// Names the destination of one source repository's tags.
struct DestinationNamer {
    private let destination: Destination
    private let sourceHost: String
    private let repository: RepositoryName
    /// The repository's name there, where it is the same for every tag; a list may hold 100,000 of them.
    private var known: Result<RepositoryName, NamingFault>?

    /// Where one image goes.
    struct Place: CustomStringConvertible {
        var repository: RepositoryName
        var tag: Tag

        var description: String { "\(repository):\(tag)" }
    }

    init(destination: Destination, sourceHost: String, repository: RepositoryName) {
        self.destination = destination
        self.sourceHost = sourceHost
        self.repository = repository
    }

    /// The repository's name there, where no tag is needed to make it and one can be made.
    var fixedRepository: RepositoryName? {
        guard !destination.repository.dependsOnTag, let tag = try? Tag("any") else { return nil }
        return try? destination.repository.repositoryName(
            registryHost: sourceHost, repository: repository, tag: tag)
    }

    mutating func place(of tag: Tag) throws(NamingFault) -> Place {
        let name = try repositoryName(for: tag)
        do throws(RenderingError) {
            let tagName = try destination.tag.tagName(
                registryHost: sourceHost, repository: repository, tag: tag)
            return Place(repository: name, tag: tagName)
        } catch {
            throw NamingFault(
                subject: "\(repository):\(tag)",
                reason: "destination tag '\(destination.tag.text)': \(error)")
        }
    }

    private mutating func repositoryName(for tag: Tag) throws(NamingFault) -> RepositoryName {
        if let known { return try known.get() }
        let template = destination.repository
        let result: Result<RepositoryName, NamingFault>
        do throws(RenderingError) {
            result = .success(
                try template.repositoryName(registryHost: sourceHost, repository: repository, tag: tag))
        } catch {
            let subject = template.dependsOnTag ? "\(repository):\(tag)" : "\(repository)"
            result = .failure(
                NamingFault(subject: subject, reason: "destination repository '\(template.text)': \(error)"))
        }
        if !template.dependsOnTag { known = result }
        return try result.get()
    }
}

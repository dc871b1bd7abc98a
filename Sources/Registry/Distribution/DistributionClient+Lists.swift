import FoundationEssentials
import HTTP
import HTTPTypes
import Logging
import OCI

extension DistributionClient {
    /// The most pages of a list that are read, the most names, and the most bytes of one page.
    private enum Bound {
        static let pages = 10_000
        static let names = 1_000_000
        static let bytes = 32 << 20
        /// Pages in a row that bring no new name: some registries filter a page until nothing is left.
        static let barren = 3
    }

    /// The tags of a repository (distribution-spec, "Listing Tags").
    public func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing {
        struct Page: Decodable { var tags: [String]? }
        let purpose = Purpose(
            action: "list tags", subject: repository.description, scopes: scopes(repository))
        let tags = try await pages(address(repository, "tags/list?n=1000"), purpose) { (page: Page) in
            page.tags ?? []
        }
        return tags.map { .tags($0) } ?? .absent
    }

    /// The names of all repositories, where the registry tells them (Docker's API, "Listing Repositories").
    public func repositories() async throws(RegistryError) -> [RepositoryName] {
        struct Page: Decodable { var repositories: [String]? }
        let purpose = Purpose(action: "list repositories", subject: "of the registry", scopes: [.catalog])
        let start = Address(origin: origin, target: "/v2/_catalog?n=1000")
        let hint = "this registry tells no list of its repositories; name each under 'repository:'"
        do {
            let names = try await pages(start, purpose) { (page: Page) in page.repositories ?? [] }
            if let names { return await repositoryNames(of: names) }
        } catch  where error.kind == .denied || error.kind == .unsupported {
            throw RegistryError(
                .unsupported, at: place, while: purpose.action, purpose.subject,
                detail: hint + "; " + error.detail)
        }
        throw RegistryError(.unsupported, at: place, while: purpose.action, purpose.subject, detail: hint)
    }

    /// What of a catalog can be named; what can't is told once.
    private func repositoryNames(of names: [String]) async -> [RepositoryName] {
        let known = names.compactMap { try? RepositoryName($0) }
        let lost = names.count - known.count
        let text = "its list has \(lost) names that are none of repositories; they are passed over"
        if lost > 0, await traits.isNew(text) {
            logger.warning("the catalog is odd", metadata: ["registry": "\(place)", "text": "\(text)"])
        }
        return known
    }

    /// Reads a list page by page, following `Link: <…>; rel="next"`; `nil` where there is no such thing.
    private func pages<Page: Decodable>(
        _ start: Address, _ purpose: Purpose, names: (Page) -> [String]
    ) async throws(RegistryError) -> [String]? {
        var all: [String] = []
        var seen: Set<String> = []
        var next: Address? = start
        var barren = 0
        for page in 0..<Bound.pages {
            guard let address = next else { return all }
            let response = try await exchange(
                Request(.get, address, answerLimit: Bound.bytes), for: purpose)
            if response.status == 404, page == 0 { return nil }
            guard response.isSuccess else { throw failure(response, purpose) }
            guard let list = try? JSONDecoder().decode(Page.self, from: Data(response.body)) else {
                throw malformed(purpose, "the list is no JSON of the right shape")
            }
            let fresh = names(list).filter { seen.insert($0).inserted }
            all += fresh
            next = try nextPage(response, after: address, purpose)
            // Pages that bring nothing new and still name a next one would go round for ever.
            barren = fresh.isEmpty ? barren + 1 : 0
            guard next == nil || barren < Bound.barren else {
                throw malformed(purpose, "the list repeats itself")
            }
            guard all.count <= Bound.names else { break }
        }
        throw malformed(
            purpose, "the list has no end: more than \(Bound.names) names or \(Bound.pages) pages")
    }

    /// The next page that an answer names.
    func nextPage(_ response: Response, after address: Address, _ purpose: Purpose)
        throws(RegistryError) -> Address?
    {
        guard let link = response.headers[.link] else { return nil }
        guard let target = LinkField.next(in: link) else { return nil }
        let next: Address
        do { next = try address.resolving(target) } catch {
            throw malformed(purpose, "the list's next page is no URL")
        }
        // Behind a proxy some registries name themselves with http, or an inner host: only the path counts.
        return Address(origin: origin, target: next.target)
    }
}

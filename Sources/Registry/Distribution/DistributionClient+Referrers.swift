import HTTP
import HTTPTypes
import OCI

extension DistributionClient: ReferrersBackend {
    /// The most pages of a list of referrers that are read, the most entries, and the most bytes of one page and of
    /// all together.
    private enum Bound {
        static let pages = 1_000
        static let entries = 10_000
        static let bytes = 4 << 20
        static let allBytes = 16 << 20
        /// Pages in a row that bring nothing new: a filter may leave nothing of one.
        static let barren = 3
    }

    /// The manifests that name this one as their subject (distribution-spec, "Listing Referrers").
    ///
    /// Whether the API is there is read from what it answers alone: some registries tell of subjects when a
    /// manifest is put, and have no list of them. An unasked filter is none: what was not filtered there is here.
    public func referrers(of subject: Digest, in repository: RepositoryName, type: String?)
        async throws(RegistryError) -> ReferrerListing
    {
        let purpose = Purpose(
            action: "list referrers", subject: "\(repository)@\(subject)", scopes: scopes(repository))
        let start = address(repository, "referrers/\(subject)")
        var next: Address? = type.map { start.adding(query: "artifactType", $0) } ?? start
        var entries: [ReferrerEntry] = []
        var seen: Set<Digest> = []
        var (barren, bytes) = (0, 0)
        for page in 0..<Bound.pages {
            guard let address = next else { return .listed(entries) }
            let response = try await exchange(
                Request(
                    .get, address, headers: [.accept: MediaType.ociIndex.rawValue], answerLimit: Bound.bytes),
                for: purpose)
            if page == 0, let verdict = Self.verdict(on: response) { return verdict }
            guard response.isSuccess else { throw failure(response, purpose) }
            bytes += response.body.count
            guard bytes <= Bound.allBytes else {
                throw malformed(purpose, "the list is larger than \(Bound.allBytes >> 20) MiB")
            }
            let index: ReferrerIndex
            do { index = try ReferrerIndex(response.body) } catch {
                // A page for people, or an empty object, is what some send for any path.
                if page == 0 { return .unsupported }
                throw malformed(purpose, "\(error)")
            }
            let isFiltered = response.headers[.filtersApplied]?.contains("artifactType") == true
            let fresh = index.entries.filter { seen.insert($0.descriptor.digest).inserted }
            entries += fresh.filter { type == nil || isFiltered || ($0.artifactType ?? type) == type }
            next = try nextPage(response, after: address, purpose)
            barren = fresh.isEmpty ? barren + 1 : 0
            guard next == nil || barren < Bound.barren else {
                throw malformed(purpose, "the list repeats itself")
            }
            guard entries.count <= Bound.entries else { break }
        }
        throw malformed(
            purpose, "the list has no end: more than \(Bound.entries) referrers or \(Bound.pages) pages")
    }

    /// What the first answer says, where that is not a list.
    private static func verdict(on response: Response) -> ReferrerListing? {
        switch response.status {
        case 404 where ErrorBody(response).has("NAME_UNKNOWN"): .repositoryUnknown
        case 400, 404, 405, 406, 410, 501: .unsupported
        default: nil
        }
    }

    /// Stores a manifest that has a subject (distribution-spec, "Pushing Manifests with Subject").
    public func putReferrer(_ manifest: ManifestDocument, in repository: RepositoryName)
        async throws(RegistryError) -> Bool
    {
        try await store(manifest, as: .digest(manifest.digest), in: repository)?.headers[.subject] != nil
    }
}

extension HTTPField.Name {
    /// Which filters a list of referrers went through.
    fileprivate static var filtersApplied: Self { Self("OCI-Filters-Applied") ?? .expect }
    /// The subject that a registry has taken note of.
    fileprivate static var subject: Self { Self("OCI-Subject") ?? .expect }
}

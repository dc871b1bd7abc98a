import OCI

/// The place of a claim among those of one rule: by destination repository, then by tag in natural order.
struct ClaimOrder: Comparable {
    private let destination: RepositoryName
    private let destinationTag: NaturalOrder
    private let source: RepositoryName
    private let sourceTag: NaturalOrder
    private let content: String

    init(_ claim: Claim) {
        destination = claim.destinationRepository
        destinationTag = NaturalOrder(claim.destinationTag.description)
        source = claim.sourceRepository
        sourceTag = NaturalOrder(claim.sourceTag.description)
        content = (claim.pin?.description ?? "") + " " + (claim.platforms?.description ?? "")
    }

    static func < (left: ClaimOrder, right: ClaimOrder) -> Bool {
        (left.destination, left.destinationTag, left.source, left.sourceTag, left.content)
            < (right.destination, right.destinationTag, right.source, right.sourceTag, right.content)
    }
}

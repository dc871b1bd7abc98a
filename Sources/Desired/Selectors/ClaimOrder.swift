import OCI

/// The place of a claim among those of one rule: by destination repository, then by tag in natural order.
struct ClaimOrder: Comparable {
    private let destination: RepositoryName
    private let destinationTag: NaturalOrder
    private let source: RepositoryName
    private let sourceTag: NaturalOrder
    private let pin: String

    init(_ claim: Claim) {
        destination = claim.destinationRepository
        destinationTag = NaturalOrder(claim.destinationTag.description)
        source = claim.sourceRepository
        sourceTag = NaturalOrder(claim.sourceTag.description)
        pin = claim.pin?.description ?? ""
    }

    static func < (left: ClaimOrder, right: ClaimOrder) -> Bool {
        (left.destination, left.destinationTag, left.source, left.sourceTag, left.pin)
            < (right.destination, right.destinationTag, right.source, right.sourceTag, right.pin)
    }
}

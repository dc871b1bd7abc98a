import Desired
import OCI

/// Lets in the images that the rules could ask for, and no others: a plan may come from anybody.
///
/// It goes by the selection itself, over the tags that the plan names. `newest` alone can't be judged, since what else
/// the source held is not known: any tag that could be among the newest is let in.
struct Admission {
    private let state: DesiredState

    init(_ state: DesiredState) { self.state = state }

    func check(_ images: [SavedPlan.Image]) throws(SavedPlanError) {
        var named: [String: [RepositoryName: [String]]] = [:]
        for image in images {
            let claim = image.claim
            named[claim.rule, default: [:]][claim.sourceRepository, default: []].append(
                claim.sourceTag.description)
        }
        let admitted = Set(
            state.rules.filter { !$0.suspend }.flatMap { rule in claims(of: rule, named[rule.name] ?? [:]) })
        var places: Set<[String]> = []
        for image in images {
            let claim = image.claim
            guard admitted.contains(claim) else {
                throw .foreign(
                    line: image.line.number,
                    "no rule asks for \(image.destinationName) from \(claim.sourceRepository):\(claim.sourceTag)"
                )
            }
            let place = [
                place(claim.destinationRegistry), "\(claim.destinationRepository)", "\(claim.destinationTag)",
            ]
            guard places.insert(place).inserted else {
                throw .foreign(line: image.line.number, "\(image.destinationName) stands there twice")
            }
        }
    }

    private func claims(of rule: Replication, _ tags: [RepositoryName: [String]]) -> [Claim] {
        var rule = rule
        for index in rule.images.indices where rule.images[index].tags?.newest != nil {
            rule.images[index].tags?.newest = .max
        }
        return Selection.select(
            rule: rule, sourceHost: state.registries[rule.source]?.label ?? rule.source,
            repositories: tags.keys.sorted(), tags: tags
        ).claims
    }

    private func place(_ registry: String) -> String { state.registries[registry]?.place ?? registry }
}

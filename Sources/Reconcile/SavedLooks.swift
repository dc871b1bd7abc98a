import Desired
import OCI
import Plan
import Registry

/// The looks that a saved plan recorded, as a pass takes them.
struct SavedLooks: Sendable {
    private let plan: SavedPlan
    private let check: PlanCheck
    private let places: [Claim: Int]

    init(plan: SavedPlan, check: PlanCheck) {
        self.plan = plan
        self.check = check
        places = Dictionary(
            plan.images.enumerated().map { ($1.claim, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What was recorded of an image, changed where it stands otherwise now.
    func look(
        at image: SavedPlan.Image, _ standing: PlanCheck.Standing?, _ views: RepositoryViews, _ places: Places
    ) async -> Look {
        let view = await views.view(of: image.claim, in: places)
        do throws(SavedPlanError) {
            var look = Look(image: try plan.record(of: image).look, view: view)
            // What another image of the plan brings was not compared for this one, and is not brought by it either.
            if !image.verdict.isChange { (look.image.referrers, look.image.referrerLists) = ([], []) }
            switch standing {
            case .done:
                look.image.leave(lost: false, attached: false)
            case .lacks(let lost, let attached):
                look.image.leave(lost: lost, attached: attached)
            case .stale(let error), .unknown(let error): look.fail(error)
            case .fits, .none: break
            }
            return look
        } catch {
            let unread = ObservedImage(
                claim: image.claim, sourcePlace: image.claim.sourceRegistry,
                destinationPlace: image.claim.destinationRegistry)
            var look = Look(image: unread, view: view)
            look.fail(
                RegistryError(
                    .malformed, at: "this machine", while: "read the plan of", image.destinationName,
                    detail: error.description))
            return look
        }
    }

    /// Compares an image with both sides once more and takes its recording again. A tag that was moved is not followed.
    func again(_ claim: Claim, _ views: RepositoryViews) async -> Look {
        let image = plan.images[places[claim] ?? 0]
        return await look(at: image, await check.standing(of: image), views, check.places)
    }
}

extension ObservedImage {
    /// The destination has the image's tag: only what it lost is left to be brought, or what hangs on the image.
    fileprivate mutating func leave(lost: Bool, attached: Bool) {
        destination = wanted.map { .present($0) } ?? .unasked
        if !lost {
            loss = nil
            referrers.removeAll { $0.loss != nil }
        }
        if loss == nil { content = [] }
        if !attached { (referrers, referrerLists) = ([], []) }
    }
}

extension Look {
    /// The look is of no use.
    fileprivate mutating func fail(_ error: RegistryError) {
        self.error = error
        image.failure = error.description
    }
}

extension PlanCheck.Standing {
    /// Not all of the plan can be done.
    var isRefusal: Bool {
        switch self {
        case .stale, .unknown: true
        case .fits, .done, .lacks: false
        }
    }
}

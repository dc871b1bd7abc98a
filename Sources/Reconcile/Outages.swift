import Desired
import HTTP
import Registry

/// The registries that went down in a pass, and the images that wait for them.
struct Outages {
    private var waiting: [String: [Claim]] = [:]
    private var known: [String: Outage] = [:]
    private var returns: [String: Int] = [:]
    private var lost: Set<String> = []
    private var scouts: [String: Int] = [:]
    /// What became of registries that did not come back, one line each.
    private(set) var faults: [String] = []

    /// A registry that goes and comes more often is not waited for again.
    private static let mostReturns = 3

    /// So often one image asks whether a registry is back, however short its outage may seem.
    private static let mostScouts = 10

    /// The registries that are waited for.
    var places: [String] { waiting.keys.sorted() }

    /// Lets an image wait for a registry; false where it is not worth it any more.
    mutating func wait(_ claim: Claim, for place: String, _ outage: Outage) -> Bool {
        known[place] = outage
        guard !lost.contains(place), returns[place, default: 0] < Self.mostReturns else { return false }
        waiting[place, default: []].append(claim)
        return true
    }

    /// How it stood with a registry when it was last asked for.
    subscript(place: String) -> Outage? { known[place] }

    /// How many images wait for a registry.
    func count(_ place: String) -> Int { waiting[place]?.count ?? 0 }

    /// Takes out the image that is to find out whether a registry is back.
    mutating func takeOne(_ place: String) -> Claim? {
        scouts[place, default: 0] += 1
        return waiting[place]?.popLast()
    }

    /// True of a registry that has been waited for long enough.
    func isHopeless(_ place: String) -> Bool {
        scouts[place, default: 0] >= Self.mostScouts || (known[place]?.elapsed ?? .zero) >= Outage.patience
    }

    /// True of an image that waits for a registry.
    func isWaiting(_ claim: Claim, for place: String) -> Bool { waiting[place]?.last == claim }

    /// A registry is back: takes out all that waited for it.
    mutating func takeAll(_ place: String) -> [Claim] {
        returns[place, default: 0] += 1
        scouts[place] = nil
        return waiting.removeValue(forKey: place) ?? []
    }

    /// A registry is given up: takes out all that waited for it.
    mutating func giveUp(_ place: String) -> [Claim] {
        lost.insert(place)
        let claims = waiting.removeValue(forKey: place) ?? []
        if let outage = known[place] {
            faults.append(
                "\(place) is down: nobody has answered there for \(outage.elapsed.components.seconds) s"
                    + " (\(outage.cause)); \(claims.count) \(claims.count == 1 ? "image" : "images") failed because of it"
            )
        }
        return claims
    }
}

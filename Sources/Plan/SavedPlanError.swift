import Desired

/// Why a saved plan is not taken. Each says what to do.
public enum SavedPlanError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file is something else.
    case noPlan
    /// It was written in another form.
    case version(Int)
    /// A rule that it was made for is not in the manifests.
    case noSuchRule(String)
    /// It was made for other rules, by this davit.
    case rules(made: String, by: String)
    /// It is for another part of the work than the one that was asked for.
    case shard(Shard?, asked: Shard?)
    /// It ends too early.
    case truncated
    /// Something in it was changed, or is no plan.
    case damaged(line: Int, String)
    /// It is larger than a plan can be.
    case tooLarge(String)
    /// It names images that the rules do not ask for.
    case foreign(line: Int, String)
    /// It could not be read.
    case unreadable(String)

    /// One line for people.
    public var description: String {
        let anew = "; make it anew with 'davit diff --save'"
        return switch self {
        case .noPlan: "this is no plan that 'davit diff --save' wrote"
        case .version(let version):
            "the plan is of version \(version), and this davit reads version \(SavedPlan.version)" + anew
        case .noSuchRule(let name): "the plan was made for a rule '\(name)' that the manifests lack" + anew
        case .rules(let made, let davit):
            "the manifests are not those that the plan was made for (at \(made), by davit \(davit)):"
                + " their rules say something else now" + anew
        case .shard(let shard?, _):
            "the plan is for shard \(shard) by \(shard.key): say --shard \(shard) --shard-by \(shard.key)"
        case .shard(nil, let asked):
            "the plan is for the whole work: leave --shard \(asked.map { "\($0) " } ?? "")out"
        case .truncated: "the plan is cut off" + anew
        case .damaged(let line, let why): "line \(line) of the plan is damaged: \(why)" + anew
        case .tooLarge(let what): "the plan is too large: \(what)"
        case .foreign(let line, let why): "line \(line) of the plan does not belong to the manifests: \(why)"
        case .unreadable(let why): "the plan can't be read: \(why)"
        }
    }
}

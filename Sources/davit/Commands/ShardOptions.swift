import ArgumentParser
import Desired

/// Which part of the work is meant.
struct ShardOptions: ParsableArguments {
    @Option(
        name: .customLong("shard"),
        help: ArgumentHelp(
            """
            Only part i of n, counted from 0: the images of the destination repositories that fall to it. Limits are \
            divided by n, and the state file is one of its own.
            """, valueName: "i/n"))
    var text: String?

    @Option(
        name: .customLong("shard-by"),
        help: ArgumentHelp(
            """
            With --shard: what of a destination repository's name decides; all of it (repository, the default), or its \
            first K components (prefix:K).
            """, valueName: "key"))
    var key: String?

    func validate() throws {
        guard text != nil || key == nil else { throw ValidationError("--shard-by goes with --shard") }
        do { _ = try parsed() } catch { throw ValidationError("\(error)") }
    }

    /// The part; `nil`: all of the work.
    var shard: Shard? { try? parsed() }

    private func parsed() throws(ShardError) -> Shard? {
        guard let text else { return nil }
        return try Shard(text, by: key ?? "repository")
    }
}

extension DesiredState {
    /// The same with the limits of one davit among as many as there are shards.
    func limited(to shard: Shard?) -> DesiredState { shard.map { dividingLimits(by: $0.count) } ?? self }
}

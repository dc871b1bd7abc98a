import ArgumentParser
import Desired
import FoundationEssentials
import HTTP
import Logging
import Plan
import Reconcile
import Registry
import State

extension Diff {
    /// The diff, written to a file as it is made. A signal ends it, and then nothing is written.
    static func run(_ asked: Asked, saving path: String) async throws {
        let run = Run(asked.output)
        let wiring = try Wiring(environment: run.environment, logger: run.console.logger)
        let (whole, unopened) = await wiring.resolved(try run.load(asked.manifests))
        let state = whole.limited(to: asked.shard)
        let draft = try PlanDraft(path)
        defer { draft.discard() }
        await draft.begin(
            SavedPlan.Header(
                davit: UserAgent.version, rules: whole.fingerprint,
                chosen: asked.manifests.rules.isEmpty ? nil : state.rules.map(\.name),
                shard: asked.shard, made: Date.now.formatted(.iso8601)))
        var options = Pass.Options()
        (options.cost, options.deep, options.shard) = (.exact, asked.look.isDeep, asked.shard)
        options.store = run.openStore(asked.state, .consult, asked.shard)
        let lists = await ImageLists.read(state, wiring, unopened)
        let places = try wiring.places(for: lists.state)
        let pass = Pass(lists.state, places: places, options: options)
        let (found, collisions, isCut) = await Signals.draining(run.console.logger) { stop in
            let (plan, collisions) = await pass.diff(stop: stop) { await draft.add($0) }
            return (plan, collisions, await stop.isRequested)
        }
        await options.store?.close()
        guard !isCut else {
            run.console.note("the diff was ended early: no plan was written", .error)
            throw ExitCode(1)
        }
        var plan = found
        lists.tell(&plan)
        let isSaved = collisions.isEmpty ? await save(plan, to: draft, path, run.console) : true
        try show(plan, collisions, run, asked.output, await wiring.meter.requests, isSaved)
    }

    private static func save(_ plan: PassPlan, to draft: PlanDraft, _ path: String, _ console: Console) async
        -> Bool
    {
        do {
            try await draft.end(plan)
            console.logger.info("the plan is in \(path)")
            return true
        } catch {
            console.logger.error("\(error)")
            return false
        }
    }
}

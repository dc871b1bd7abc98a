import AWS
import Desired
import HTTP
import Plan
import Reconcile
import Registry

/// The rules with the images that their lists hold, as far as these stand in AWS.
struct ImageLists {
    /// The rules as the manifests say them.
    let written: DesiredState
    /// The rules whose lists could be had, and those without any.
    private(set) var state: DesiredState
    /// Why the others could not, and which items of a list are at fault, one line each.
    private(set) var faults: [String] = []
    /// What is odd about the lists, one line each.
    private(set) var warnings: [String] = []

    /// Reads them, each once and side by side. A rule whose list can't be had is left out, and moves nothing.
    ///
    /// - Parameter unopened: rules that are left out already, and why.
    static func read(_ state: DesiredState, _ wiring: Wiring, _ unopened: [String: String] = [:]) async
        -> ImageLists
    {
        let active = state.rules.filter { !$0.suspend && unopened[$0.name] == nil }
        let wanted = Set(active.compactMap(parameter))
        let slots = Slots(limit: 8)
        let texts = await withTaskGroup(of: (ImageList, Result<String, AWSError>).self) { group in
            for list in wanted {
                group.addTask { (list, await slots.bounding { await text(of: list, state, wiring) }) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return ImageLists(state, texts, unopened)
    }

    /// Puts texts into the rules.
    init(
        _ written: DesiredState, _ texts: [ImageList: Result<String, AWSError>],
        _ unopened: [String: String] = [:]
    ) {
        (self.written, state) = (written, written)
        state.rules = written.rules.compactMap { rule in
            if let reason = unopened[rule.name] {
                faults.append("rule \(rule.name): \(reason)")
                return nil
            }
            guard let list = rule.imageList, let text = texts[list] else { return rule }
            switch text {
            case .success(let text): return listed(rule, text)
            case .failure(let error):
                faults.append("rule \(rule.name): its image list can't be had: \(error)")
                return nil
            }
        }
    }

    private mutating func listed(_ rule: Replication, _ text: String) -> Replication {
        guard let source = written.registries[rule.source] else { return rule }
        let (listed, notes) = rule.adding(list: text, from: source)
        for note in notes {
            let line = "rule \(rule.name): image list: \(note)"
            if note.isFault { faults.append(line) } else { warnings.append(line) }
        }
        return listed
    }

    private static func parameter(of rule: Replication) -> ImageList? {
        guard case .parameter = rule.imageList else { return nil }
        return rule.imageList
    }

    private static func text(of list: ImageList, _ state: DesiredState, _ wiring: Wiring) async -> Result<
        String, AWSError
    > {
        guard case .parameter(let name, let region, let via) = list else { return .success("") }
        do throws(AWSError) {
            let place = SecretPlace.parameter(
                name: name, region: try Region(written: region, at: "parameter '\(name)'"))
            return .success(try await wiring.session(via, in: state).text(at: place).reveal())
        } catch { return .failure(error) }
    }
}

extension ImageLists {
    /// Tells of the lists in a report.
    func tell(_ report: inout PassReport) { tell(&report.faults, &report.warnings) }

    /// Tells of them in a plan.
    func tell(_ plan: inout PassPlan) { tell(&plan.faults, &plan.warnings) }

    /// Tells of them in a survey.
    func tell(_ survey: inout Survey) { tell(&survey.faults, &survey.warnings) }

    private func tell(_ told: inout [String], _ warned: inout [String]) {
        told = faults + told
        warned = warnings + warned
    }
}

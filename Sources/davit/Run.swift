import ArgumentParser
import Desired
import Glibc
import Logging
import Plan
import Reconcile

/// What every command begins with: the environment, the console, the manifests.
struct Run {
    let console: Console
    let environment: [String: String]

    init(_ output: OutputOptions) {
        environment = Self.processEnvironment()
        console = Console(output, environment: environment)
    }

    /// Reads the manifests; what is wrong with them is told, and ends the command with 65.
    func load(_ options: ManifestOptions) throws -> DesiredState {
        let result = DesiredState.load(paths: options.manifests, options: options.loadOptions(environment))
        for diagnostic in result.diagnostics { console.tell(diagnostic) }
        guard var state = result.state else {
            let count = result.diagnostics.count { $0.severity == .error }
            console.note("\(Amount.of(count, "error")): nothing was done", .error)
            throw ExitCode(65)
        }
        let unknown = options.rules.filter { name in !state.rules.contains { $0.name == name } }
        guard unknown.isEmpty else {
            let known = state.rules.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no rule \(unknown.joined(separator: ", ")); there are: \(known)")
        }
        if !options.rules.isEmpty { state.rules.removeAll { !options.rules.contains($0.name) } }
        return state
    }

    /// Reads a saved plan and what it is for; one that does not belong to the manifests ends the command with 65.
    ///
    /// - Parameter lists: the rules with what their lists hold now: they must still ask for what the plan holds.
    func read(plan path: String, for lists: ImageLists, _ shard: Shard?, _ places: Places) throws
        -> (plan: SavedPlan, state: DesiredState)
    {
        guard lists.state.rules.count == lists.written.rules.count else {
            for fault in lists.faults { console.logger.error("\(fault)") }
            console.note("nothing was done", .error)
            throw ExitCode(1)
        }
        let file = try PlanFile(path)
        var reader = SavedPlanReader(lists.written, hosts: places.hosts, shard: shard) {
            (offset, count) throws(SavedPlanError) in
            try file.bytes(at: offset, count)
        }
        reader.listed = lists.state.rules
        do throws(SavedPlanError) { return try reader.read() } catch {
            console.note("\(path): \(error)", .error)
            console.note("nothing was done", .error)
            throw ExitCode(65)
        }
    }

    /// Tells faults, warnings and collisions, which are no results.
    func tell(faults: [String], warnings: [String], collisions: [String] = []) {
        for warning in warnings { console.logger.warning("\(warning)") }
        for fault in faults { console.logger.error("\(fault)") }
        for collision in collisions { console.logger.error("\(collision)") }
        if !collisions.isEmpty {
            console.logger.error("nothing was moved: give each source a destination tag of its own")
        }
    }

    private static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let sign = text.firstIndex(of: "=") {
                variables[String(text[..<sign])] = String(text[text.index(after: sign)...])
            }
            entry += 1
        }
        return variables
    }
}

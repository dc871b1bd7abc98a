import ArgumentParser
import Registry

/// The program.
@main
struct Davit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "davit",
        abstract: "Keeps container registries as the manifests in git say they should be.",
        discussion: """
            Exit codes, first that applies: 64 wrong use; 65 invalid manifests, or two sources for one destination \
            tag; 1 something failed, or a named tag is missing at the source; 3 refused by a policy; 2 differences \
            (diff and dry run); 0 in sync or converged.
            """,
        version: UserAgent.version,
        subcommands: [
            Validate.self, Select.self, Diff.self, ReconcileCommand.self, Report.self, Import.self,
            Schema.self,
        ])
}

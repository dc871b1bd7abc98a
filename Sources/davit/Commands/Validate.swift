import ArgumentParser
import Desired
import Logging

/// `davit validate`
struct Validate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check manifests and tell every fault at once, with file, line and column.")

    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let run = Run(output)
        let state = try run.load(manifests)
        for credential in state.credentials.values.sorted(by: { $0.name < $1.name }) {
            for name in credential.variables where run.environment[name] == nil {
                run.console.logger.warning(
                    "credential \(credential.name): the environment variable \(name) is not set here; where davit runs it must be"
                )
            }
        }
        struct Valid: Encodable {
            var version = 1
            var rules: [String]
            var registries: [String]
            var credentials: [String]
        }
        let valid = Valid(
            rules: state.rules.map(\.name), registries: state.registries.keys.sorted(),
            credentials: state.credentials.keys.sorted())
        try run.console.print(
            output.output == .json
                ? JSONOutput.document(valid)
                : "valid: "
                    + [
                        Amount.of(valid.rules.count, "rule"),
                        valid.registries.count == 1 ? "1 registry" : "\(valid.registries.count) registries",
                        Amount.of(valid.credentials.count, "credential"),
                    ].joined(separator: ", "))
    }
}

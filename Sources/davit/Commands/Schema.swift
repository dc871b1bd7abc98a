import ArgumentParser
import Desired

/// `davit schema`
struct Schema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema (draft 2020-12) of a manifest, for editors.")

    @OptionGroup var output: OutputOptions

    func run() async throws { try Run(output).console.print(String(JSONSchema.text.dropLast())) }
}

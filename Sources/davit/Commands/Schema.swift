import ArgumentParser
import Desired

/// `davit schema`
struct Schema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema (draft 2020-12) of a manifest, for editors.")

    func run() async throws { print(JSONSchema.text, terminator: "") }
}

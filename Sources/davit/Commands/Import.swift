import ArgumentParser
import Glibc
import Logging

/// `davit import`
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write manifests that do what another system did.", subcommands: [ImportDRH.self])
}

/// `davit import drh`
struct ImportDRH: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drh",
        abstract: "Write manifests that do what a stack of the AWS Data Replication Hub's ECR plugin did.",
        discussion: "It reads one file, asks nobody, and reproduces the names at the destination exactly.")

    @Argument(
        help: """
            A parameter file of CloudFormation, a file or template with Parameters, or what 'aws cloudformation \
            describe-stacks' prints, as JSON; - for standard input.
            """)
    var file: String

    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Write registries.yaml and rules.yaml into this folder, instead of all to standard output.",
            valueName: "folder"))
    var into: String?

    @Flag(help: "With --into: write over files that are there.")
    var force = false

    @Option(
        name: .customLong("list-parameter"),
        help: ArgumentHelp(
            "Go on with the parameter of Systems Manager that the stack keeps its list of images in.",
            valueName: "name"))
    var listParameter: String?

    @Option(
        name: .customLong("credential-store"),
        help: "What srcCredential and destCredential name: secrets-manager, or ssm (of the first generation)."
    )
    var store = DRHOptions.Store.secretsManager

    @Option(help: ArgumentHelp("The stack's region, where the file does not tell it.", valueName: "region"))
    var region: String?

    @Option(help: ArgumentHelp("The stack's DynamoDB table, to go on with its records.", valueName: "name"))
    var table: String?

    @Option(help: ArgumentHelp("The ARN of the stack's SNS topic.", valueName: "arn"))
    var topic: String?

    func validate() throws {
        guard output.output == .text else { throw ValidationError("manifests are YAML: leave --output out") }
        guard !force || into != nil else { throw ValidationError("--force goes with --into") }
        for value in [into, listParameter, region, table, topic] where value == "" {
            throw ValidationError("an option without a value: leave it out")
        }
    }

    func run() throws {
        let console = Run(output).console
        let manifests: DRHManifests
        do {
            let bytes = try InputFile.bytes(file, most: 1 << 20, noun: "parameter file")
            manifests = try DRHManifests(try StackInput(reading: bytes), options)
        } catch {
            let place = error is ImportError ? "\(file): " : ""
            console.note("\(place)\(error)", .error)
            throw ExitCode(65)
        }
        for warning in manifests.warnings { console.logger.warning("\(warning)") }
        guard let into else {
            return try console.print(String(manifests.text.dropLast()))
        }
        try write(manifests, into, console)
    }

    private var options: DRHOptions {
        DRHOptions(store: store, listParameter: listParameter, region: region, table: table, topic: topic)
    }

    /// Both files or none: what is there already is looked at first.
    private func write(_ manifests: DRHManifests, _ folder: String, _ console: Console) throws {
        let texts = [
            (
                "registries.yaml",
                "# Made by 'davit import drh'; rules.yaml tells more.\n" + manifests.registries
            ),
            ("rules.yaml", manifests.comments + manifests.rules),
        ].map { (path: folder + "/" + $0.0, text: $0.1) }
        _ = mkdir(folder, 0o755)
        if !force { try NewFiles.refuse(texts.map(\.path)) }
        let files = try texts.map { (file: try ResultFile($0.path, for: "manifest"), text: $0.text) }
        defer { for entry in files { entry.file.discard() } }
        do throws(ResultFileError) {
            for entry in files { try entry.file.append(Array(entry.text.utf8)) }
            for entry in files { try entry.file.commit() }
        } catch {
            console.logger.error("\(error)")
            throw ExitCode(1)
        }
        for entry in texts { console.logger.info("\(entry.path) is written") }
    }
}

import Registry
import Subprocess

/// Keys that a program writes: `credential_process` of a profile. The command line is not a shell's.
struct ProcessKeys: KeyProvider {
    private static let patience: Duration = .seconds(60)

    /// The profile that names it.
    let profile: String
    /// What stands in the profile; some write secrets into it.
    let command: Secret
    /// What it is run with.
    let environment: LoginEnvironment
    let time: Timekeeper

    private var place: String { "credential_process of profile '\(profile)'" }

    func find() async throws(AWSError) -> Finding {
        guard let words = ShellWords.split(command.reveal()), let program = words.first else {
            throw .keys(at: place, "the command has no program, or a quote without an end")
        }
        let bounds = ProgramBounds(environment, patience: Self.patience, time: time)
        let output: [UInt8]?
        do throws(ProgramBounds.Fault) {
            output = try await bounds.run { try await Self.run(program, Array(words.dropFirst()), $0, $1) }
        } catch {
            throw failure(error)
        }
        guard let output else { throw .keys(at: place, "it failed; run it by hand to see why") }
        guard let fields = KeyFields(output), fields.version == 1 else {
            throw .keys(at: place, "it did not write JSON with \"Version\": 1; run it by hand")
        }
        return .found(try fields.keys(from: place))
    }

    /// What it wrote; `nil` where it failed.
    private static func run(
        _ program: String, _ arguments: [String], _ environment: Environment, _ options: PlatformOptions
    ) async throws -> [UInt8]? {
        let result = try await Subprocess.run(
            program.contains("/") ? .path(path(program)) : .name(program),
            arguments: Arguments(arguments), environment: environment, platformOptions: options,
            input: .none, output: .string(limit: ProgramBounds.largest), error: .discarded)
        return result.terminationStatus.isSuccess ? Array(result.standardOutput.utf8) : nil
    }

    /// A path of Subprocess' own kind of paths, whose module need not be known for this.
    private static func path<Path: ExpressibleByStringLiteral>(_ text: String) -> Path
    where Path.StringLiteralType == String {
        Path(stringLiteral: text)
    }

    private func failure(_ fault: ProgramBounds.Fault) -> AWSError {
        switch fault {
        case .timedOut:
            .keys(at: place, "it gave no answer within 60 s; see whether it waits for somebody")
        case .cancelled: .keys(at: place, "", .cancelled)
        case .missing: .keys(at: place, "there is no such program")
        case .tooLarge: .keys(at: place, "it wrote more than 64 KiB")
        case .unable: .keys(at: place, "it can't be run; run it by hand")
        }
    }
}

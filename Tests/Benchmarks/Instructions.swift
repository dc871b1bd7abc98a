import Foundation
import Lab

/// Counts the instructions of an idle pass: a fixed set in sync between two scripted registries.
///
/// Registries of the lab's own answer the same on every machine; valgrind shows the program a processor of its
/// own making and runs one thread at a time. What is left of chance is which thread comes when.
struct Instructions {
    private let shape = Shape {
        $0.repositories = 20
        $0.tags = 10
        $0.layerSizes = [200, 100]
    }
    private let registries: [ScriptedRegistry]
    private let folder: TemporaryFolder
    private let davit: String

    init(davit: String) throws {
        folder = try TemporaryFolder("callgrind")
        self.davit = folder.file("davit")
        // Valgrind can't read how the compiler tells the debugger of its code.
        try Self.succeed("strip", ["--strip-debug", "-o", self.davit, davit])
        try Self.succeed(
            "clang",
            ["-shared", "-fPIC", "-O1", "-o", folder.file("mask.so"), folder.write(Self.mask, to: "mask.c")])
        registries = try (0..<2).map { _ in try ScriptedRegistry() }
        let maker = ImageMaker(shape)
        for repository in shape.repositoryNames {
            for tag in shape.tagNames {
                for registry in registries { try registry.hold(maker.image(repository, tag)) }
            }
        }
    }

    /// The instructions of so many passes, each with a fresh home.
    func run(_ runs: Int) throws -> [Int] { try (0..<runs).map { _ in try one() } }

    /// Valgrind up to 3.19 writes into the mask that it is given, which libdispatch keeps where nobody may write.
    private static let mask = """
        #include <signal.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int sigsuspend(const sigset_t *mask) {
            sigset_t own = *mask;
            return syscall(SYS_rt_sigsuspend, &own, 8);
        }

        """

    private static func succeed(_ name: String, _ words: [String]) throws {
        let outcome = try Program(name, words).runHere()
        guard outcome.status == 0 else { throw LabError("\(name) failed: \(outcome.errors.suffix(600))") }
    }

    private func one() throws -> Int {
        let home = try TemporaryFolder("instructions")
        let program = try Contender.davit(path: davit).program(
            shape, from: registries[0].host, to: registries[1].host, home: home)
        let out = home.file("callgrind.out")
        let words = ["--tool=callgrind", "--callgrind-out-file=\(out)", program.path]
        // OpenSSL chooses its code by the processor: here it has the plain one alone.
        let fixed = [
            "OPENSSL_ia32cap": "0:0", "LD_PRELOAD": folder.file("mask.so"), "LC_ALL": "C",
            "PATH": "/usr/bin:/bin", "HOME": home.path, "DOCKER_CONFIG": home.path,
        ]
        let run = Program("valgrind", words + program.arguments, environment: fixed, folder: home.path)
        let outcome = try run.runHere(timeout: 300)
        guard outcome.status == 0 else {
            throw LabError(
                "a pass under valgrind ended with \(outcome.status): \(outcome.errors.suffix(600))")
        }
        let text = try String(contentsOfFile: out, encoding: .utf8)
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("totals:") }),
            let count = Int(line.dropFirst("totals:".count).trimmingCharacters(in: .whitespaces))
        else { throw LabError("callgrind told no total") }
        return count
    }
}

/// What was counted before, as it stands in the repository.
struct InstructionRecord: Codable {
    /// The system and compiler that it was counted with: another one's code is another one's count.
    var platform: String
    /// The median of the runs.
    var instructions: Int
    /// The runs, in order.
    var runs: [Int]

    /// How much of the median lies between the least and the most.
    var spread: Double {
        guard let least = runs.min(), let most = runs.max(), instructions > 0 else { return 0 }
        return Double(most - least) / Double(instructions)
    }

    /// The most that may be counted: the spread and 5 % more.
    var limit: Int { Int(Double(instructions) * (1.05 + spread)) }

    /// Sums up some runs.
    init(_ runs: [Int]) throws {
        platform = try Self.here()
        self.runs = runs
        instructions = Int(Spread(runs.map { Double($0) }).median)
    }

    /// Reads a record from a file.
    init(file: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// Writes it to a file.
    func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: file))
    }

    /// The system, its libraries and the compiler.
    private static func here() throws -> String {
        let words = """
            . /etc/os-release; echo "$ID $VERSION_ID"; uname -m; valgrind --version
            dpkg-query -W -f '${Package} ${Version}\\n' libc6 libcurl4 libssl3 2>/dev/null
            swift --version 2>/dev/null | grep -o 'Swift version [^ ]*'
            """
        let lines = try Program("sh", ["-c", words]).runHere().output.split(separator: "\n")
        return lines.joined(separator: ", ")
    }
}

import Foundation

/// A child that can't outlive this process: a small shell ends it when our end of a pipe is gone.
final class KeptProgram: Sendable {
    /// The process id of the program itself.
    let pid: pid_t
    private let shell: RunningShell

    /// Starts a program whose output goes to a file; `folder` is deleted at the end, unless `stop(keeping:)`.
    init(_ words: [String], log: String, deleting folder: String) throws {
        shell = try RunningShell(words, log: log, folder: folder)
        guard let pid = pid_t(shell.firstLine) else { throw LabError("could not start \(words[0])") }
        self.pid = pid
    }

    var isRunning: Bool { ProcessFacts(pid).map { $0.state != "Z" } ?? false }

    /// Kills the program, waits until it is gone, and deletes its folder unless it is to be kept.
    func stop(keeping: Bool) { shell.end(keeping ? "keep" : "drop") }
}

/// The shell around a kept program.
private final class RunningShell: Sendable {
    let firstLine: String
    private let pid: pid_t
    private let input: Int32
    private let ended = Guarded(false)

    private static let script = """
        trap '' INT TERM HUP
        folder=$1 log=$2; shift 2
        "$@" >>"$log" 2>&1 </dev/null &
        echo $!
        exec >/dev/null 2>&1
        read -r word
        kill -9 $!
        wait
        [ "$word" = keep ] || rm -rf -- "$folder"
        """

    init(_ words: [String], log: String, folder: String) throws {
        let (stdin, stdout) = try (Pipe(), Pipe())
        defer { [stdin.reading, stdout.writing, stdout.reading].forEach { close($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, stdout.writing, 1)
        closeTheRest(&actions)
        ignoreBrokenPipes()
        let arguments = (["sh", "-c", Self.script, "sh", folder, log] + words).map { strdup($0) }
        // A registry with this variable set panics when it starts.
        let settings = Program.environment(["AWS_CA_BUNDLE": nil]).filter { !$0.key.hasPrefix("REGISTRY_") }
            .map { strdup("\($0.key)=\($0.value)") }
        defer { (arguments + settings).forEach { free($0) } }
        var pid: pid_t = 0
        var attributes = plainSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments + [nil], settings + [nil])
        guard code == 0 else { throw LabError.system("start a shell", code) }
        self.pid = pid
        input = stdin.writing
        var line = [UInt8](repeating: 0, count: 32)
        let count = read(stdout.reading, &line, line.count)
        firstLine = String(decoding: line.prefix(max(0, count)).filter { $0 != 10 }, as: UTF8.self)
    }

    deinit { end("drop") }

    func end(_ word: String) {
        ended.with { done in
            guard !done else { return }
            done = true
            _ = writeAll(Array((word + "\n").utf8), to: input)
            close(input)
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        }
    }
}

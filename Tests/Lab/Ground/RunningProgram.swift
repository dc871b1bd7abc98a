import Dispatch
import Foundation

/// A child program that runs now.
public final class RunningProgram: Sendable {
    /// Its process id.
    public let pid: pid_t
    private let began: UInt64
    private let output: Collected
    private let errors: Collected
    private let ended = Guarded(false)
    private let result: Guarded<Outcome?> = Guarded(nil)
    private let peak = Guarded(0)
    private let held: Guarded<Int32?>

    init(_ program: Program) throws {
        guard let path = Program.find(program.path) else {
            throw LabError("no program '\(program.path)' in PATH")
        }
        let pipes = try (input: Pipe(), output: Pipe(), errors: Pipe())
        began = DispatchTime.now().uptimeNanoseconds
        pid = try Self.spawn(path, program, pipes.input.reading, pipes.output.writing, pipes.errors.writing)
        for end in [pipes.input.reading, pipes.output.writing, pipes.errors.writing] { close(end) }
        output = Collected(pipes.output.reading)
        errors = Collected(pipes.errors.reading)
        let (input, stdin, holds) = (Array(program.input.utf8), pipes.input.writing, program.holdsInput)
        held = Guarded(holds ? stdin : nil)
        Thread.detachNewThread {
            ignoreBrokenPipes()
            _ = writeAll(input, to: stdin)
            if !holds { close(stdin) }
        }
        lookAtMemory()
        Thread.detachNewThread { [self] in
            while !ended.with({ $0 }) {
                lookAtMemory()
                usleep(10_000)
            }
        }
    }

    /// The kernel's own figure (`ru_maxrss`) starts from what this process held when it made the child, so the
    /// high-water mark of the child's own memory is looked at while it runs.
    private func lookAtMemory() {
        let now = ProcessFacts.peakMemory(of: pid)
        peak.with { $0 = max($0, now) }
    }

    /// Sends it a signal, while it runs.
    public func signal(_ number: Int32) {
        ended.with { if !$0 { kill(pid, number) } }
    }

    /// Whether it still runs.
    public var isRunning: Bool { !ended.with { $0 } && kill(pid, 0) == 0 && ProcessFacts(pid)?.state != "Z" }

    /// What it has written to standard error so far.
    public var errorsSoFar: String { errors.soFar }

    /// What it has written to standard output so far.
    public var outputSoFar: String { output.soFar }

    /// Waits for its end on this thread; kills it when the time is up.
    public func wait(timeout seconds: Double = 120) -> Outcome {
        if let known = result.with({ $0 }) { return known }
        let watch = DispatchSource.makeTimerSource(queue: .global())
        let timedOut = Guarded(false)
        watch.schedule(deadline: .now() + seconds)
        watch.setEventHandler { [self] in
            timedOut.with { $0 = true }
            self.signal(SIGKILL)
        }
        watch.resume()
        var (status, usage) = (Int32(0), rusage())
        // Waits without reaping first, so that no signal can hit a process id that was given away anew.
        var facts = siginfo_t()
        while waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        let wall = Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9
        ended.with { $0 = true }
        watch.cancel()
        while wait4(pid, &status, 0, &usage) < 0 && errno == EINTR {}
        let outcome = Outcome(
            status: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F),
            output: output.finish(), errors: errors.finish(), wall: wall, user: usage.ru_utime.seconds,
            system: usage.ru_stime.seconds, peakMemory: peak.with { $0 }, timedOut: timedOut.with { $0 })
        result.with { $0 = outcome }
        held.with { stdin in
            if let open = stdin { close(open) }
            stdin = nil
        }
        return outcome
    }

    /// Waits for its end without holding a thread of the task pool.
    public func end(timeout seconds: Double = 120) async throws -> Outcome {
        try await offPool { self.wait(timeout: seconds) }
    }

    private static func spawn(
        _ path: String, _ program: Program, _ stdin: Int32, _ stdout: Int32, _ stderr: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (here, there) in [(stdin, Int32(0)), (stdout, 1), (stderr, 2)] {
            posix_spawn_file_actions_adddup2(&actions, here, there)
        }
        closeTheRest(&actions)
        let environment = program.environment ?? ProcessInfo.processInfo.environment
        let words = program.words(path).map { strdup($0) }
        let settings = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        var attributes = plainSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        let code = posix_spawn(
            &pid, program.folder == nil ? path : "/bin/sh", &actions, &attributes, words + [nil],
            settings + [nil])
        guard code == 0 else { throw LabError.system("start \(path)", code) }
        return pid
    }
}

extension Program {
    /// The command line; a shell goes to the folder first, when there is one.
    fileprivate func words(_ path: String) -> [String] {
        guard let folder else { return [self.path] + arguments }
        return ["sh", "-c", #"cd "$1" && shift && exec "$@""#, "sh", folder, path] + arguments
    }
}

/// Has a child close what it would inherit by accident: a descriptor that another thread has just made, too.
func closeTheRest(_ actions: inout posix_spawn_file_actions_t) {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    let highest = Int32(open.compactMap { Int($0) }.max() ?? 256)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    for descriptor in 3..<min(highest + 64, Int32(clamping: limit.rlim_cur)) {
        posix_spawn_file_actions_addclose(&actions, descriptor)
    }
}

/// A child starts with the usual answer to every signal, whatever this thread blocks.
func plainSignals() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var (usual, none) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&usual)
    for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&usual, number) }
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    return attributes
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

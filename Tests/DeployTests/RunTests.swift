import Foundation
import Lab
import Testing

/// The state machine in an interpreter, with a stub in the place of Fargate.
@Suite("A run of the state machine", .enabled(if: Judge.isInstalled))
struct RunTests {
    /// How a task ended that did not end well.
    private struct Trouble: Encodable {
        var error: String
        var cause: String

        init(_ error: String, _ cause: String = "") { (self.error, self.cause) = (error, cause) }

        /// A task that was stopped, as Step Functions tells it.
        static func stopped(_ code: String, exit: Int? = nil, reason: String? = "it was so") -> Trouble {
            let container = exit.map { #"{"Name":"davit","ExitCode":\#($0)}"# } ?? #"{"Name":"davit"}"#
            let why = reason.map { #","StoppedReason":"\#($0)""# } ?? ""
            return Trouble(
                "States.TaskFailed",
                #"{"TaskArn":"arn:task","StopCode":"\#(code)"\#(why),"Containers":[\#(container)]}"#)
        }
    }
    private struct Plan: Encodable {
        var shards: Int
        var topic = true
        /// By shard, try after try; a shard and a try that are not named end well.
        var troubles: [String: [Try]] = [:]
    }
    private enum Try: Encodable {
        case good
        case bad(Trouble)
        func encode(to encoder: any Encoder) throws {
            switch self {
            case .good: try "-".encode(to: encoder)
            case .bad(let trouble): try trouble.encode(to: encoder)
            }
        }
    }
    private struct Failure: Decodable {
        struct Told: Decodable {
            var Error: String
            var Cause: String?
        }
        var shard: String?
        var exitCode: Int?
        var task: String?
        var trouble: Told?
        var tries: Int?
        var Error: String?
    }
    private struct Notice: Decodable {
        struct Message: Decodable {
            var execution: String
            var shards: String
            var failures: [Failure]
        }
        var subject: String
        var message: Message
    }
    private struct Run: Decodable {
        var status: String
        var error: String?
        var commands: [String]
        var faults: [String]
        var waits: [Int]
        var retries: [Double]
        var notices: [Notice]

        /// How often each shard was started.
        var starts: [String: Int] {
            commands.reduce(into: [:]) { $0[String($1.split(separator: " ").last ?? ""), default: 0] += 1 }
        }
    }

    @Test("starts each shard, tries again what befell a task, takes davit's word, tells what failed")
    func runs() async throws {
        // One server for all: most of the time is its start.
        let plans = [Plan(shards: 1), Plan(shards: 12), Self.troubled, Self.broken, Self.untold]
        let runs: [Run] = try await Judge.ask("machine.py", plans)
        try #require(runs.count == plans.count)
        for run in runs {
            // Each request, as RunTask would have got it, by botocore's model of RunTask.
            #expect(run.faults == [] && !run.commands.isEmpty)
        }
        converged(runs[0], 1)
        converged(runs[1], 12)
        try troubled(runs[2])
        broken(runs[3])
        untold(runs[4])
    }

    private func converged(_ run: Run, _ shards: Int) {
        #expect(run.status == "SUCCEEDED" && run.notices.isEmpty && run.waits.isEmpty)
        let wanted = (0..<shards).map {
            "reconcile /manifests --state none --log-format json --shard \($0)/\(shards)"
        }
        #expect(run.commands == wanted.sorted())
    }

    @Test("gives its tasks commands that davit takes, and that do the whole work between them")
    func commands() async throws {
        let run = try #require(try await Judge.ask("machine.py", [Plan(shards: 3)], as: [Run].self).first)
        let folder = try TemporaryFolder("deploy")
        let manifests = folder.file("demo")
        try FileManager.default.copyItem(atPath: Judge.path("manifests/demo"), toPath: manifests)
        try? FileManager.default.removeItem(atPath: manifests + "/out")
        var copied = 0
        for command in run.commands {
            let words = command.split(separator: " ").map { $0 == "/manifests" ? manifests : String($0) }
            let outcome = try await Judge.davit(words)
            #expect(outcome.status == 0, "\(outcome.errors)")
            copied += outcome.output.firstMatch(of: /([0-9]+) copied/).flatMap { Int($0.output.1) } ?? 0
        }
        #expect(run.commands.count == 3 && copied == 4)
        #expect(try await Judge.davit(["diff", manifests, "--state", "none"]).status == 0)
    }

    private static var troubled: Plan {
        func always(_ trouble: Trouble) -> [Try] { Array(repeating: .bad(trouble), count: 4) }
        return Plan(
            shards: 12,
            troubles: [
                "1": always(.stopped("EssentialContainerExited", exit: 1)),
                "2": [.bad(.stopped("SpotInterruption", exit: 1)), .good],
                "3": always(.stopped("EssentialContainerExited", exit: 2)),
                "4": always(.stopped("TaskFailedToStart", reason: "CannotPullContainerError: no such image")),
                "5": always(Trouble("ECS.AmazonECSException", "Capacity is unavailable at this time.")),
                "6": [.bad(Trouble("AmazonECS.Unknown", "x")), .bad(.stopped("TaskFailedToStart")), .good],
                "7": always(Trouble("States.Timeout")),
                "8": always(.stopped("UserInitiated", exit: 143)),
                "9": always(.stopped("EssentialContainerExited", exit: 137, reason: nil)),
                // The lease of a task that was lost.
                "10": [
                    .bad(.stopped("TerminationNotice")), .bad(.stopped("EssentialContainerExited", exit: 3)),
                    .good,
                ],
                "11": always(.stopped("EssentialContainerExited", exit: 3)),
            ])
    }

    private func troubled(_ run: Run) throws {
        #expect(run.status == "FAILED" && run.error == "davit.Failed")
        #expect(
            run.starts == [
                "0/12": 1, "1/12": 1, "2/12": 2, "3/12": 1, "4/12": 4, "5/12": 4, "6/12": 3, "7/12": 1,
                "8/12": 1, "9/12": 1, "10/12": 3, "11/12": 1,
            ])
        #expect(run.waits == [60, 60, 60, 60, 60, 120, 120, 120, 120, 240, 240])
        let notice = try #require(run.notices.first)
        #expect(run.notices.count == 1 && notice.subject == "davit: a run has failed")
        #expect(notice.message.shards == "12" && notice.message.execution.contains(":execution:"))
        let failures = notice.message.failures
        #expect(failures.map(\.shard) == ["1/12", "4/12", "5/12", "7/12", "8/12", "9/12", "11/12"])
        #expect(failures.map(\.exitCode) == [1, nil, nil, nil, nil, 137, 3])
        #expect(failures.map(\.tries) == [nil, 4, 4, 1, 1, nil, nil])
        #expect(failures.first?.task == "arn:task")
        let causes = failures.map(\.trouble?.Cause)
        #expect(causes.contains("CannotPullContainerError: no such image"))
        #expect(causes.contains("Capacity is unavailable at this time."))
    }

    /// A cause that nothing can read: the map itself breaks.
    private static var broken: Plan {
        Plan(shards: 2, troubles: ["1": [.bad(Trouble("States.TaskFailed", "{no JSON"))]])
    }

    private func broken(_ run: Run) {
        #expect(run.status == "FAILED" && run.error == "davit.Failed" && run.notices.count == 1)
        #expect(run.notices.first?.message.failures.first?.Error?.isEmpty == false)
    }

    private static var untold: Plan {
        Plan(
            shards: 1, topic: false,
            troubles: ["0": [.bad(.stopped("EssentialContainerExited", exit: 1))]])
    }

    private func untold(_ run: Run) {
        #expect(run.status == "FAILED" && run.error == "davit.FailedUntold" && run.notices.isEmpty)
        #expect(run.retries == [5, 10, 20])
    }
}

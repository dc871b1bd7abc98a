import Foundation
import Lab

/// What `diff --output json` prints, as far as tests read it.
struct DiffJSON: Decodable {
    struct Cost: Decodable, Equatable {
        var bytes: Int
        var requests: Int
        var pulls: Int
        var uploads: Int
        var mounts: Int
    }
    struct Image: Decodable {
        var rule: String
        var source: String
        var destination: String
        var verdict: String
        var reason: String
        var wanted: String?
        var held: String?
        var cost: Cost
    }
    struct Plan: Decodable {
        var images: [Image]
        var faults: [String]
        var warnings: [String]
        var lookRequests: Int
    }

    var version: Int
    var exitCode: Int
    var plan: Plan
    var totals: Cost
    var counts: [String: Int]
    var requests: [String: Int]

    /// Reads what was printed.
    init(_ outcome: Outcome) throws { self = try json(outcome.output) }
}

/// What `reconcile --output json` prints and `--report` writes, as far as tests read it.
struct ReportJSON: Decodable {
    struct Cause: Decodable {
        var side: String?
        var action: String
        var subject: String
        var kind: String
        var detail: String
    }
    struct Image: Decodable {
        var destination: String
        var result: String
        var reason: String
        var cause: Cause?
        var bytes: Int
        var uploads: Int
        var mounts: Int
        var tries: Int
        var seconds: Double
    }
    struct Pass: Decodable {
        var images: [Image]
        var faults: [String]
        var warnings: [String]
        var collisions: [String]
        var interrupted: Bool
        var lookRequests: Int
        var requests: [String: Int]
        var startedAt: String
        var seconds: Double
    }

    var version: Int
    var exitCode: Int
    var bytes: Int
    var counts: [String: Int]
    var pass: Pass

    /// Reads what was printed.
    init(_ outcome: Outcome) throws { self = try json(outcome.output) }

    /// Reads what was written.
    init(text: String) throws { self = try json(text) }

    /// The cause of the one image that failed.
    var cause: Cause? { pass.images.compactMap(\.cause).first }
}

/// Reads a JSON text, or says what it was instead.
func json<Value: Decodable>(_ text: String) throws -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
        throw LabError("not the JSON that was awaited: \(text.prefix(400)): \(error)")
    }
}

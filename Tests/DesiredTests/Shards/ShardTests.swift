import Foundation
import OCI
import Testing

@testable import Desired

@Suite("Shard") struct ShardTests {
    /// Names as fleets have them, all different.
    private static let names = (0..<10_000).map { "team-\($0 % 97)/app-\($0)" }

    @Test(
        "a repository falls to the same shard for ever",
        arguments: [
            ("library/alpine", [0, 1, 1, 6, 6, 647]), ("team/app", [0, 1, 1, 3, 8, 806]),
            ("team/web", [0, 0, 2, 7, 7, 477]), ("a", [0, 0, 0, 4, 8, 248]),
            ("public.ecr.aws/nginx/nginx", [0, 0, 2, 5, 5, 537]), ("lab/r001", [0, 0, 2, 7, 7, 158]),
        ])
    func golden(name: String, owners: [Int]) throws {
        let repository = try RepositoryName(name)
        for (count, owner) in zip([1, 2, 3, 8, 9, 1_024], owners) {
            #expect(Shard.owner(of: name, among: count) == owner, "of \(count)")
            #expect(try Shard(owner, of: count).owns(repository))
            guard count > 1 else { continue }
            #expect(try !Shard((owner + 1) % count, of: count).owns(repository))
        }
    }

    @Test("10,000 repositories spread evenly over 8 shards, and a ninth of them moves to a ninth shard")
    func spreads() {
        var loads = Array(repeating: 0, count: 8)
        var moved = 0
        for name in Self.names {
            let owner = Shard.owner(of: name, among: 8)
            loads[owner] += 1
            let after = Shard.owner(of: name, among: 9)
            guard after != owner else { continue }
            moved += 1
            // Nothing goes from an old shard to an old one.
            #expect(after == 8)
        }
        #expect(loads.allSatisfy { (1_100...1_400).contains($0) }, "\(loads)")
        #expect((1_000...1_250).contains(moved), "\(moved)")
    }

    @Test("by prefix, what has the same first components stays together")
    func prefix() throws {
        let names = ["team/app/api", "team/app/web/x", "team/other", "team", "other"].map {
            Shard.Key.prefix(2).text(of: $0)
        }
        #expect(names == ["team/app", "team/app", "team/other", "team", "other"])
        let shard = try Shard(3, of: 8, by: .prefix(2))
        for name in ["team/app", "team/app/api", "team/app/web/x"] {
            #expect(shard.owns(try RepositoryName(name)))
        }
    }

    @Test("is read as it is written")
    func text() throws {
        let shard = try Shard("3/8", by: "prefix:2")
        #expect(try shard == Shard(3, of: 8, by: .prefix(2)))
        #expect("\(shard) \(shard.key)" == "3/8 prefix:2")
        let json = try JSONEncoder().encode(shard)
        #expect(try JSONDecoder().decode(Shard.self, from: json) == shard)
    }

    @Test(
        "what is no shard is refused, on the command line and in files",
        arguments: [
            ("8/8", "repository", ShardError.outside(8, 8)), ("0/0", "repository", .none(0)),
            ("3", "repository", .badForm("3")), ("1/2/3", "repository", .badForm("1/2/3")),
            ("-1/2", "repository", .badForm("-1/2")), ("+1/2", "repository", .badForm("+1/2")),
            ("a/b", "repository", .badForm("a/b")), ("/", "repository", .badForm("/")),
            ("0/1025", "repository", .tooMany(1_025)),
            (
                "0/99999999999999999999", "repository",
                .badForm("0/99999999999999999999")
            ),
            ("0/2", "prefix:0", .badKey("prefix:0")), ("0/2", "prefix:-1", .badKey("prefix:-1")),
            ("0/2", "prefix", .badKey("prefix")), ("0/2", "tag", .badKey("tag")),
        ])
    func refuses(text: String, key: String, reason: ShardError) {
        #expect(throws: reason) { try Shard(text, by: key) }
    }

    @Test(
        "a file's shard that can't be is refused",
        arguments: [
            #"{"index":8,"of":8,"by":"repository"}"#, #"{"index":-1,"of":8,"by":"repository"}"#,
            #"{"index":0,"of":0,"by":"repository"}"#, #"{"index":0,"of":8,"by":"prefix:0"}"#,
            #"{"index":0,"of":8}"#,
        ])
    func refusesFiles(text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Shard.self, from: Data(text.utf8)) }
    }

    @Test("limits are divided, rounded down, and 1 at least")
    func limits() throws {
        var registry = RegistryDeclaration(name: "r", host: "r.test")
        registry.limits.concurrency = 32
        registry.limits.requestsPerSecond = 7
        registry.limits.bandwidth = 100
        registry.limits.reserve = .pulls(40)
        let rule = Replication(
            name: "rule", source: "r", destination: Destination(registry: "r"), images: [], concurrency: 10)
        let state = DesiredState(registries: ["r": registry], rules: [rule]).dividingLimits(by: 8)
        let limits = try #require(state.registries["r"]?.limits)
        #expect(state.rules[0].concurrency == 1)
        #expect(limits.concurrency == 4 && limits.requestsPerSecond == 1 && limits.bandwidth == 12)
        #expect(limits.reserve == .pulls(40))
    }
}

extension Shard.Key {
    fileprivate func text(of name: String) -> String { (try? RepositoryName(name)).map(text(of:)) ?? "" }
}

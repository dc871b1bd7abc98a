import Foundation
import Lab
import Testing

@Suite("AWS beside the registries", .enabled(if: Judges.areInstalled), .serialized, .timeLimit(.minutes(5)))
struct CloudTests {
    /// davit's notice, as far as it is looked at.
    private struct Notice: Decodable {
        struct Failure: Decodable {
            var image: String
            var result: String
            var reason: String
        }
        var version: Int
        var event: String
        var execution: String
        var exitCode: Int
        var rules: [String]
        var counts: [String: Int]
        var faults: [String]
        var failures: [Failure]
    }

    private func notice(_ message: MotoServer.Found.Message?) throws -> Notice {
        let text = try #require(message).message
        return try JSONDecoder().decode(Notice.self, from: Data(text.utf8))
    }

    @Test("a list in a parameter is copied, each image recorded once, and the pass told")
    func records() async throws {
        let cloud = try await Cloud(Shape { ($0.repositories, $0.tags) = (2, 2) })
        try await cloud.write("lab/r002:v001,\n lab/r002:v002,lab/r002:v001,")
        try cloud.notify("completed")
        let pass = try await cloud.pass()
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await cloud.crossing.differences(in: "lab/r002") == [])
        let found = try await cloud.moto.read()
        #expect(found.items.count == 4 && !found.items.contains { $0["Image"]?.hasPrefix("davit#") == true })
        let item = try #require(found.items.first { $0["Image"] == "lab/r002" && $0["Tag"] == "v001" })
        #expect(item["Status"] == "Done" && item["MultiArchOption"] == "all")
        let held = try cloud.crossing.held("v001", in: "lab/r002")
        #expect(item["SourceDigest"] == held && item["DestDigest"] == held)
        #expect(Int(item["Bytes"] ?? "") ?? 0 > 0 && item["ErrorMessage"] == nil && item["Cause"] == nil)
        let times = [item["StartedAt"], item["FinishedAt"]].compactMap(\.self)
        #expect(
            times.count == 2 && times.allSatisfy { $0.hasSuffix("Z") && $0.count == 20 }
                && times == times.sorted())
        let told = try notice(found.messages.first)
        #expect(found.messages.count == 1 && told.version == 1 && told.event == "completed")
        #expect(told.execution == item["Execution"] && told.rules == ["harbour"])
        #expect(told.counts == ["copied": 4] && told.exitCode == 0 && told.failures.isEmpty)
        // A second pass has nothing to record.
        #expect(try await cloud.pass().status == 0)
        let again = try await cloud.moto.read()
        #expect(Set(again.items) == Set(found.items))
        #expect(try notice(again.messages.first).counts == ["in-sync": 4])
    }

    @Test("what fails is recorded and told in both forms, once it does")
    func failures() async throws {
        let cloud = try await Cloud()
        try await cloud.write("lab/r001:none")
        try cloud.notify("failed")
        try cloud.notify("failed", format: "seed")
        let pass = try await cloud.pass()
        #expect(pass.status == 1, "\(pass.output)\(pass.errors)")
        let found = try await cloud.moto.read()
        let item = try #require(found.items.first { $0["Tag"] == "none" })
        #expect(item["Status"] == "Error" && item["Image"] == "lab/r001" && item["Cause"] == "missing")
        #expect(item["ErrorMessage"]?.isEmpty == false && item["DestDigest"] == nil)
        #expect(found.items.first { $0["Tag"] == "v001" }?["Status"] == "Done")
        let told = try notice(found.messages.first { $0.subject == "davit: 1 of 2 images failed" })
        #expect(told.event == "failed" && told.exitCode == 1)
        #expect(told.failures.map(\.result) == ["missing"])
        let seed = try #require(found.messages.first { $0.subject == "Failed to copy image" }).message
        let fields = try JSONDecoder().decode([String: String].self, from: Data(seed.utf8))
        #expect(
            fields == [
                "error": "Failed to copy image", "execution": told.execution, "image": "lab/r001",
                "tag": "none", "multiArchOption": "all",
            ])
        #expect(found.messages.count == 2)
        // Mended: then the record says so, and nobody is told.
        try await cloud.moto.put("lab/r001:v001", to: "list-harbour")
        #expect(try await cloud.pass().status == 0)
        #expect(try await cloud.moto.read().messages.isEmpty)
    }

    @Test("a list that can't be had fails its own rule, moves nothing of it, and is told")
    func noList() async throws {
        let cloud = try await Cloud(Shape { $0.repositories = 2 })
        try await cloud.write()
        try await cloud.write(name: "listed") { rule in
            rule.images = [Rule.all("lab/r002")]
            rule.more = ["imageList: { ssmParameter: { name: nowhere } }"]
        }
        try cloud.notify("failed", more: ", rules: [listed]")
        try cloud.notify("failed", format: "seed", more: ", rules: [harbour]")
        for command in ["diff", "select"] {
            let looked = try await cloud.davit(command)
            #expect(looked.status == 1 && looked.errors.contains("rule listed: its image list can't be had"))
        }
        let pass = try await cloud.pass()
        #expect(pass.status == 1)
        #expect(pass.errors.contains("there is no parameter 'nowhere'"), "\(pass.errors)")
        #expect(try cloud.crossing.held() != nil)
        #expect(try cloud.crossing.heldTags(in: "lab/r002") == [])
        let messages = try await cloud.moto.read().messages
        let told = try notice(messages.first)
        #expect(messages.count == 1 && told.rules == ["listed"] && told.counts == [:])
        #expect(told.faults.first?.contains("there is no parameter 'nowhere'") == true)
    }

    @Test("a plan is applied where the list still asks for it, and refused where it does not")
    func saved() async throws {
        let cloud = try await Cloud(Shape { $0.tags = 2 })
        try await cloud.write("lab/r001:v002") { $0.images = [Rule.named("lab/r001", "v001")] }
        let path = cloud.davit.file("plan")
        #expect(try await cloud.davit("diff", "--save", path).status == 2)
        try await cloud.moto.put("lab/r001:v001", to: "list-harbour")
        #expect(try await cloud.pass("--plan", path).status == 65)
        try await cloud.moto.put("lab/r001:v002", to: "list-harbour")
        let pass = try await cloud.pass("--plan", path)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try await cloud.records().keys.sorted() == ["lab/r001:v001", "lab/r001:v002"])
    }

    @Test(
        "a login from a parameter, by keys from another, or from a secret opens a registry",
        arguments: [true, false])
    func logins(isParameter: Bool) async throws {
        let locked = DockerRegistry.Options { $0.passwords = true }
        let cloud = try await Cloud(source: locked, destination: locked)
        let (user, password) = (Login.captain.user, Login.captain.password)
        let text = #"{"username": "\#(user)", "password": "\#(password)"}"#
        if isParameter {
            try await cloud.moto.put(text, to: "login")
        } else {
            try await cloud.moto.keep(text, in: "login")
        }
        let source = isParameter ? "ssmParameter" : "secretsManager"
        try cloud.davit.write(
            Rule().yaml(from: "left", to: "right")
                + Rule.registry(
                    "left", cloud.crossing.from.host,
                    credential:
                        "\(source): { name: login }, hosts: [\"\(cloud.crossing.from.host)\"], via: keys")
                + Rule.registry("right", cloud.crossing.to.host, credential: "\(source): { name: login }")
                + "---\napiVersion: davit/v1\nkind: Credential\nmetadata: { name: keys }\n"
                + "spec: { ssmParameter: { name: drh-credentials, region: eu-west-1 } }\n")
        let pass = try await cloud.pass()
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await cloud.crossing.differences() == [])
        let all = pass.output + pass.errors + String(decoding: try cloud.davit.remembered, as: UTF8.self)
        for secret in [password, Login.captain.encoded, cloud.moto.user.secret] {
            #expect(!all.contains(secret))
        }
    }

    @Test("two runs at once: the second is refused, tells by whom, and copies nothing")
    func twoRuns() async throws {
        let cloud = try await Cloud()
        try await cloud.write()
        try cloud.notify("failed")
        let (gate, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        cloud.crossing.to.setHook { request in
            guard request.method == "PUT" else { return .pass }
            begun.signal()
            gate.wait()
            gate.signal()
            return .pass
        }
        let first = try cloud.davit.start("reconcile", "--state", "none")
        try await offPool { begun.wait() }
        let second = try await cloud.pass("--state", "none")
        #expect(second.status == 3, "\(second.output)\(second.errors)")
        #expect(second.errors.contains("rule harbour: another run is at it (davit-"), "\(second.errors)")
        #expect(second.output.contains("refused: nothing was looked at"), "\(second.output)")
        let told = try notice(try await cloud.moto.read().messages.first)
        #expect(told.exitCode == 3 && told.faults.first?.contains("another run is at it") == true)
        gate.signal()
        let ended = try await first.end(timeout: 60)
        #expect(ended.status == 0, "\(ended.errors)")
        // The lease was freed: the next run has it.
        #expect(try await cloud.pass("--state", "none").status == 0)
    }

    @Test("without its table a rule is not run; a topic that is not there changes nothing but the log")
    func dead() async throws {
        let cloud = try await Cloud()
        try await cloud.write { $0.more = ["statusTable: { name: nowhere }"] }
        let pass = try await cloud.pass()
        #expect(pass.status == 1 && pass.errors.contains("there is no table 'nowhere'"), "\(pass.errors)")
        #expect(try cloud.crossing.heldTags() == [])
        try await cloud.write()
        try cloud.notify("completed", topic: cloud.topic + "-none")
        let next = try await cloud.pass()
        #expect(next.status == 0)
        #expect(
            next.errors.contains("notification watch-davit: 1 message not sent: cannot Publish"),
            "\(next.errors)")
    }
}

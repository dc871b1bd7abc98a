import Foundation
import HTTP
import Lab
import Registry
import Testing

@testable import AWS

@Suite("Calls before a judge of signatures", .enabled(if: Judges.areInstalled), .serialized)
struct CallsTests {
    @Test("parameters, secrets, topics and tables, read back by boto3")
    func all() async throws {
        let moto = try await MotoServer()
        let topic = try await moto.stand()
        try await secrets(moto)
        try await topics(moto, topic)
        try await records(moto)
        try await leases(moto)
        try await rights(moto, topic)
        try await moto.stop()
    }

    private func secrets(_ moto: MotoServer) async throws {
        let session = try moto.session()
        #expect(
            try await session.text(at: .parameter(name: "images", region: nil)).reveal()
                == "team/app:1, team/other")
        let places: [SecretPlace] = [
            .parameter(name: "drh-credentials", region: nil), .secret(name: "text", region: nil),
            .secret(name: "bytes", region: nil),
        ]
        for place in places {
            let opened = session.opening(place)
            #expect(try await opened.caller().arn == "arn:aws:iam::123456789012:user/mirror")
            #expect(try await opened.keys.keys().origin == "\(place)")
        }
        let missing: [(SecretPlace, String)] = [
            (.parameter(name: "none", region: nil), "there is no parameter 'none'"),
            (.secret(name: "none", region: nil), "there is no secret 'none'"),
        ]
        for (place, reason) in missing {
            let error = await #expect(throws: AWSError.self) { try await session.text(at: place) }
            #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        }
    }

    private func topics(_ moto: MotoServer, _ arn: String) async throws {
        let sns = try moto.session().client(.sns)
        let message = "{\"image\": \"a&b=c+d %41 grün 🚢\"}\n"
        #expect(try await !Topic(arn: arn, sns).publish(message, subject: "3 of 4 failed").isEmpty)
        let long = String(repeating: "€", count: 100_000)
        try await Topic(arn: arn, sns).publish(long, subject: "long")
        let found = try await moto.read()
        #expect(found.messages.contains(MotoServer.Found.Message(subject: "3 of 4 failed", message: message)))
        let cut = try #require(found.messages.first { $0.subject == "long" }).message
        #expect(cut.utf8.count <= Topic.largestMessage && cut.hasSuffix(" bytes are left out"))
        let error = await #expect(throws: AWSError.self) {
            try await Topic(arn: arn + "-none", sns).publish("x", subject: "x")
        }
        #expect(error?.description.contains("there is no topic") == true)
    }

    private func records(_ moto: MotoServer) async throws {
        let table = Table("records", try moto.session().client(.dynamoDB))
        let key: Item = ["Image": .text("team/app"), "Tag": .text("1")]
        let item = key.merging(["Status": .text("Done"), "Bytes": .number(1 << 40)]) { $1 }
        #expect(try await table.put(item) == .done([:]))
        let absent = Condition("attribute_not_exists(#a)", names: ["#a": "Image"], values: [:])
        #expect(try await table.put(key, if: absent) == .refused(item))
        let found = try await moto.read()
        #expect(
            found.items == [["Image": "team/app", "Tag": "1", "Status": "Done", "Bytes": "1099511627776"]])
        let error = await #expect(throws: AWSError.self) {
            try await Table("none", moto.session().client(.dynamoDB)).put(item)
        }
        #expect(error?.description.contains("there is no table 'none'") == true)
    }

    private func leases(_ moto: MotoServer) async throws {
        let table = Table("records", try moto.session().client(.dynamoDB))
        let clock = SetClock()
        let leases = LeaseTable(table, clock: clock.clock)
        let key: Item = ["Image": .text("davit#lease#1"), "Tag": .text("x")]
        guard case .taken(let first) = try await leases.take(key, for: "one") else {
            return #expect(Bool(false))
        }
        #expect(try await leases.take(key, for: "two") == .held(by: "one", until: clock.seconds + 120))
        let found = try await moto.read()
        let item = try #require(found.items.first { $0["Image"] == "davit#lease#1" })
        #expect(item["Holder"] == "one" && item["Fence"] == "\(first.fence)")
        clock.pass(100)
        #expect(try await leases.renew(first))
        clock.pass(120 + 30)
        // To the second the other might still be in time.
        guard case .held = try await leases.take(key, for: "two") else { return #expect(Bool(false)) }
        clock.pass(1)
        guard case .taken(let second) = try await leases.take(key, for: "two") else {
            return #expect(Bool(false))
        }
        #expect(second.fence > first.fence)
        #expect(try await !leases.renew(first))
        try await leases.free(first)
        #expect(try await leases.renew(second))
        try await leases.free(second)
        clock.pass(1)
        guard case .taken(let third) = try await leases.take(key, for: "one") else {
            return #expect(Bool(false))
        }
        #expect(third.fence > second.fence)
        // What holds it dies; another rule's lease is taken later, and after that this one again.
        clock.pass(3600)
        let other: Item = ["Image": .text("davit#lease#2"), "Tag": .text("x")]
        guard case .taken(let between) = try await leases.take(other, for: "three") else {
            return #expect(Bool(false))
        }
        clock.pass(1)
        guard case .taken(let last) = try await leases.take(key, for: "four") else {
            return #expect(Bool(false))
        }
        #expect(last.fence > between.fence)
    }

    private func rights(_ moto: MotoServer, _ topic: String) async throws {
        let reader = try moto.session().assuming(
            Role(arn: moto.user.role, externalID: "theirs", duration: 900))
        let calls: [(String, (AWSSession) async throws -> Void)] = [
            ("ssm:GetParameter", { _ = try await $0.text(at: .parameter(name: "images", region: nil)) }),
            (
                "secretsmanager:GetSecretValue",
                { _ = try await $0.text(at: .secret(name: "text", region: nil)) }
            ),
            ("sns:Publish", { try await Topic(arn: topic, $0.client(.sns)).publish("x", subject: "x") }),
            ("dynamodb:PutItem", { _ = try await Table("records", $0.client(.dynamoDB)).put([:]) }),
        ]
        let wrong = try moto.session(["AWS_SECRET_ACCESS_KEY": "wrong-and-long-enough"])
        for (action, call) in calls {
            let denied = await #expect(throws: AWSError.self) { try await call(reader) }
            #expect(denied?.kind == .denied)
            #expect(denied?.description.contains(action) == true, "\(denied?.description ?? "")")
            let refused = await #expect(throws: AWSError.self) { try await call(wrong) }
            #expect(refused?.code == "SignatureDoesNotMatch" || refused?.code == "InvalidSignatureException")
            #expect(refused?.description.contains("wrong-and-long") == false)
        }
    }
}

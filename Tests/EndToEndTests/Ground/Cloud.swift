import Foundation
import Lab

/// Two registries, the program between them, and AWS beside it: parameters, secrets, a table and a topic.
final class Cloud: Sendable {
    let moto: MotoServer
    let topic: String
    let crossing: Crossing

    init(
        _ shape: Shape? = Shape(), source: DockerRegistry.Options = .init(),
        destination: DockerRegistry.Options = .init()
    ) async throws {
        moto = try await MotoServer()
        topic = try await moto.stand()
        crossing = try Crossing(
            shape, source: source, destination: destination,
            variables: [
                "AWS_ENDPOINT_URL": moto.url, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": moto.user.id,
                "AWS_SECRET_ACCESS_KEY": moto.user.secret, "AWS_EC2_METADATA_DISABLED": "true",
            ])
    }

    var davit: Davit { crossing.davit }

    /// A rule with a table and a list in a parameter.
    func write(_ list: String = "", name: String = "harbour", change: (inout Rule) -> Void = { _ in })
        async throws
    {
        var rule = Rule()
        (rule.name, rule.more) = (name, ["statusTable: { name: records }"])
        if !list.isEmpty {
            try await moto.put(list, to: "list-\(name)")
            rule.more.append("imageList: { ssmParameter: { name: list-\(name) } }")
        }
        change(&rule)
        try crossing.write(rule)
    }

    /// A notification.
    func notify(_ when: String, format: String = "davit", topic: String? = nil, more: String = "") throws {
        try davit.write(
            """
            apiVersion: davit/v1
            kind: Notification
            metadata: { name: watch-\(format) }
            spec: { when: [\(when)], sns: { topicArn: "\(topic ?? self.topic)", format: \(format) }\(more) }

            """, to: "notice-\(format).yaml")
    }

    /// A pass, in whose output no key of AWS's may stand.
    func pass(_ options: String...) async throws -> Outcome {
        let done = try await davit.run(["reconcile", davit.manifests, "--log-level", "trace"] + options)
        guard !(done.output + done.errors).contains(moto.user.secret) else {
            throw LabError("a secret is told")
        }
        return done
    }

    /// The records of images, by repository and tag.
    func records() async throws -> [String: [String: String]] {
        let items = try await moto.read().items.filter { $0["Image"]?.hasPrefix("davit#") == false }
        return Dictionary(
            uniqueKeysWithValues: items.map { ("\($0["Image"] ?? ""):\($0["Tag"] ?? "")", $0) })
    }
}

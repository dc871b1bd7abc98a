import Foundation

/// What boto3 is asked to call, and what it was answered: an independent witness of what AWS says.
public struct BotoCall: Encodable, Sendable {
    /// The service's name, such as `ecr`.
    public var service: String
    /// boto3's name of the action, such as `describe_images`.
    public var action: String
    /// The region.
    public var region: String
    /// The action's members.
    public var members: [String: JSONValue]
    /// With a size, all pages of that size are asked for and joined.
    public var page: Int?
    /// With other members, which boto3 takes, the call's own are sent unseen in their place.
    public var raw: [String: JSONValue]?
    var url = ""
    var id = ""
    var secret = ""
    var token: String?

    /// Describes a call.
    public init(
        _ service: String, _ action: String, _ members: [String: JSONValue] = [:],
        region: String = "eu-west-1",
        page: Int? = nil
    ) {
        (self.service, self.action, self.members) = (service, action, members)
        (self.region, self.page) = (region, page)
    }
}

extension ECRFront {
    /// Has boto3 make some calls with an account's keys, or others, and returns its answers. One that boto3 took for an
    /// error has `error` and `message`.
    public func boto(_ calls: BotoCall..., as account: String, keys: Keys? = nil, token: String? = nil)
        async throws
        -> [JSONValue]
    {
        let keys = try keys ?? self.keys(of: account)
        let filled = calls.map { call in
            var call = call
            (call.url, call.id, call.secret, call.token) = (apiAddress, keys.id, keys.secret, token)
            return call
        }
        let folder = try TemporaryFolder("boto")
        let file = folder.file("calls.json")
        try JSONEncoder().encode(filled).write(to: URL(filePath: file))
        let lines = try await Judges.run("boto.py", [file]).output.split(separator: "\n")
        return try lines.map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
    }
}

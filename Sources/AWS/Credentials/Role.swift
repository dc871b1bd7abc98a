import Registry

/// A role that is taken on for a while, and how.
public struct Role: Hashable, Sendable {
    /// The role: `arn:aws:iam::123456789012:role/mirror`.
    public var arn: String
    /// What the role's owner wants to hear from a third party.
    public var externalID: String?
    /// What its doings are recorded under; of the program's name and the time where there is none.
    public var sessionName: String?
    /// How long its keys live, in seconds, 900 to 43,200; an hour where nothing is said, and at most an hour on top
    /// of another role.
    public var duration: Int?

    /// Describes a role.
    public init(
        arn: String, externalID: String? = nil, sessionName: String? = nil, duration: Int? = nil
    ) {
        self.arn = arn
        self.externalID = externalID
        self.sessionName = sessionName
        self.duration = duration
    }

    /// Checks it before anybody is asked (STS API Reference, "AssumeRole").
    func check(at place: String) throws(AWSError) {
        guard Partition(ofARN: arn) != nil, arn.utf8.count <= 2048,
            arn.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .keys(
                at: place,
                "'\(arn.printable(atMost: 100))' is no role's ARN, like arn:aws:iam::123456789012:role/x",
                .setting)
        }
        if let sessionName, !Self.isName(sessionName, 2...64, besides: "+=,.@-_") {
            throw .keys(
                at: place, "a role's session name has 2 to 64 letters, digits and any of +=,.@-_", .setting)
        }
        if let externalID, !Self.isName(externalID, 2...1224, besides: "+=,.@:/-_") {
            throw .keys(
                at: place, "an external id has 2 to 1224 letters, digits and any of +=,.@:/-_", .setting)
        }
        if let duration, !(900...43_200).contains(duration) {
            throw .keys(at: place, "a role is taken on for 900 to 43200 seconds, not \(duration)", .setting)
        }
    }

    private static func isName(_ text: String, _ counts: ClosedRange<Int>, besides signs: String) -> Bool {
        counts.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || signs.utf8.contains(byte)
            }
    }
}

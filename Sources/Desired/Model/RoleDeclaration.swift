/// A role of AWS that is taken on.
public struct RoleDeclaration: Sendable, Hashable {
    /// The role.
    public var arn: String
    /// What the role's owner wants to be shown, where a third party takes it on.
    public var externalID: String?
    /// How the session is called in the owner's logs.
    public var sessionName: String?
    /// How long its keys are good for.
    public var seconds: Int?

    /// Names a role.
    public init(arn: String, externalID: String? = nil, sessionName: String? = nil, seconds: Int? = nil) {
        self.arn = arn
        self.externalID = externalID
        self.sessionName = sessionName
        self.seconds = seconds
    }
}

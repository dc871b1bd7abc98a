/// Where keys to sign with come from, again and again.
public protocol KeySource: Sendable {
    /// Keys that are good now.
    func keys() async throws(AWSError) -> AccessKeys

    /// Says that AWS did not take these: they are not handed out again where there are others.
    func refused(_ keys: AccessKeys) async
}

/// Keys that do not change.
public struct FixedKeys: KeySource {
    private let fixed: AccessKeys

    /// Hands out these.
    public init(_ keys: AccessKeys) { fixed = keys }

    /// Always the same.
    public func keys() async throws(AWSError) -> AccessKeys { fixed }

    /// There are no others.
    public func refused(_ keys: AccessKeys) async {}
}

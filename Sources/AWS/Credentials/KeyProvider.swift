/// One place to look for keys in.
protocol KeyProvider: Sendable {
    /// Keys, or why there are none here; throws where there should be some and can't be got.
    func find() async throws(AWSError) -> Finding
}

/// What a place had.
enum Finding: Sendable {
    /// Keys, and whom to ask for the next ones.
    case found(AccessKeys)
    /// None, and why: for the message that there are none anywhere.
    case absent(String)
}

extension AWSError {
    /// Keys that should be there and can't be got.
    static func keys(at place: String, _ detail: String, _ kind: Kind = .keys) -> AWSError {
        AWSError(kind, at: place, while: "find keys", detail: detail)
    }
}

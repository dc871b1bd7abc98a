import OCI

/// To which shard a repository falls: rendezvous hashing, the same for ever and on every machine.
///
/// Each shard `i` of `n` draws a lot for a repository: the SHA-256 of `i` in decimal digits, a zero byte and the
/// repository's name (or its first components). The highest lot, read as one number, has it. So a repository leaves
/// its shard only where that shard is gone, or for one that is new: from 8 to 9 shards a ninth of them move.
extension Shard {
    /// Whether a destination repository falls to this shard.
    public func owns(_ repository: RepositoryName) -> Bool {
        count == 1 || Self.owner(of: key.text(of: repository), among: count) == index
    }

    /// Which of so many shards has this text.
    static func owner(of text: String, among count: Int) -> Int {
        var (owner, highest) = (0, "")
        for index in 0..<count {
            // Hexadecimal texts of one length are ordered like the numbers.
            let lot = Digest(hashing: Array("\(index)\0\(text)".utf8)).description
            if lot > highest { (owner, highest) = (index, lot) }
        }
        return owner
    }
}

extension Shard.Key {
    /// What of a repository's name is hashed.
    func text(of repository: RepositoryName) -> String {
        guard case .prefix(let components) = self else { return repository.description }
        return repository.description.split(separator: "/").prefix(components).joined(separator: "/")
    }
}

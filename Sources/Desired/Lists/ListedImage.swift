import OCI

/// What one item of a list says, taken apart: `[host/]repository[:tag][@digest]`.
struct ListedImage: Hashable {
    /// What stands before the first `/`, where it names a host.
    var host: String?
    /// The name without that host.
    var repository: String
    var tags: Tags
    var digest: Digest?

    enum Tags: Hashable {
        case all
        case one(Tag)
    }

    /// The word that stands for all tags.
    static let allTags = "ALL_TAGS"

    /// Reads an item, or says what is wrong with it.
    init(_ text: String) throws(ListFault) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let digest = parts.count == 2 ? try Self.digest(String(parts[1])) : nil
        let whole = parts[0]
        let nameStart = whole.lastIndex(of: "/").map { whole.index(after: $0) } ?? whole.startIndex
        let pieces = whole[nameStart...].split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count <= 2 else {
            throw ListFault("\(text.quoted) has two ':' behind its name", hint: "an item is REPOSITORY:TAG")
        }
        tags = try Self.tags(pieces.count == 2 ? String(pieces[1]) : nil, digest, in: text)
        self.digest = digest
        let name = whole[..<nameStart] + pieces[0]
        (host, repository) = Self.parted(String(name))
        // An item that is no name is told by how it is written, once its host is off.
        _ = try Self.repository(repository)
    }

    private static func digest(_ text: String) throws(ListFault) -> Digest {
        do throws(DigestError) { return try Digest(text) } catch { throw ListFault(error.description) }
    }

    private static func tags(_ text: String?, _ digest: Digest?, in item: String) throws(ListFault) -> Tags {
        guard let text else {
            guard digest == nil else {
                throw ListFault(
                    "\(item.quoted) names a digest and no tag",
                    hint: "a copy needs a tag: write REPOSITORY:TAG@DIGEST, and the tag must have that digest"
                )
            }
            return .one(try tag("latest"))
        }
        guard !text.isEmpty else {
            throw ListFault(
                "no tag stands behind the ':' of \(item.quoted)", hint: "without ':' it means 'latest'")
        }
        guard text == allTags else { return .one(try tag(text)) }
        guard digest == nil else {
            throw ListFault("\(item.quoted) wants all tags to have one digest")
        }
        return .all
    }

    private static func tag(_ text: String) throws(ListFault) -> Tag {
        let tag: Tag
        do throws(TagError) { tag = try Tag(text) } catch {
            let isPattern = text.contains { $0 == "*" || $0 == "?" }
            throw ListFault(
                error.description,
                hint: isPattern ? "a list takes whole tags and \(allTags); 'images' takes patterns" : nil)
        }
        guard !tag.isInternal else {
            throw ListFault(
                "\(text.quoted) carries a signature or referrers, and is never selected",
                hint: "such tags follow their image by themselves")
        }
        return tag
    }

    static func repository(_ text: String) throws(ListFault) -> RepositoryName {
        do throws(RepositoryNameError) { return try RepositoryName(text) } catch {
            var hint: String?
            if case .upperCase = error { hint = "write \(text.lowercased().quoted)" }
            if text.contains(where: { $0 == "*" || $0 == "?" }) {
                hint = "a list takes whole names; 'repositories' under 'images' takes patterns"
            }
            throw ListFault(error.description, hint: hint)
        }
    }

    /// The host, by the rule that other tools go by: what stands before the first `/` and holds `.` or `:`.
    private static func parted(_ name: String) -> (host: String?, repository: String) {
        guard let slash = name.firstIndex(of: "/"), HostName.isLike(String(name[..<slash])) else {
            return (nil, name)
        }
        return (String(name[..<slash]), String(name[name.index(after: slash)...]))
    }
}

/// What is wrong with an item of a list.
struct ListFault: Error, Hashable {
    var message: String
    var hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

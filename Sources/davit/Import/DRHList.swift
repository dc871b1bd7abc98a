import OCI

/// The text of `srcImageList`, taken apart for rules of davit: each has one source registry, so that images are grouped
/// by their hosts.
struct DRHList: Equatable {
    /// Images of one repository.
    struct Entry: Equatable {
        /// The repository at the source.
        var repository: String
        /// The repository at the destination, as it was there: the text of the item without its tag.
        var destination: String
        var tags: [String] = []
        var takesAll = false
        var pins: [String: String] = [:]
    }

    /// The images of one host.
    struct Group: Equatable {
        /// The host; `nil`: the one registry of ECR that the list is about.
        var host: String?
        var entries: [Entry] = []
    }

    /// An item that can't be taken over, or was taken otherwise there.
    struct Note: Equatable {
        var item: String
        var text: String
        var isLeftOut: Bool
    }

    private(set) var groups: [Group] = []
    private(set) var notes: [Note] = []

    /// Reads the list as it was read there: line ends, spaces and the two characters `\n` do not count.
    init(_ text: String, isPublic: Bool) {
        let bare = text.replacing("\\n", with: "").filter { !$0.isNewline && $0 != " " }
        for item in bare.split(separator: ",", omittingEmptySubsequences: true) {
            add(String(item), isPublic)
        }
    }

    /// The same words for all tags as there.
    static let allTags = "ALL_TAGS"

    private mutating func add(_ item: String, _ isPublic: Bool) {
        do throws(ImportError) {
            let image = try Item(item)
            if isPublic {
                try addPublic(image, item)
            } else {
                try add(image, item, to: nil, repository: image.name, destination: image.name)
            }
        } catch {
            notes.append(Note(item: item, text: error.description, isLeftOut: true))
        }
    }

    private mutating func addPublic(_ image: Item, _ item: String) throws(ImportError) {
        let (host, rest) = Self.parted(image.name)
        if let host, !Self.isHost(host) { throw ImportError("'\(host)' is no host") }
        let isHub = host.map { Self.hub.contains($0.lowercased()) } ?? true
        let repository = isHub && !rest.contains("/") ? "library/" + rest : rest
        // No name of a repository holds a ':'; what was named so never arrived there.
        let destination = host.map { $0.replacing(":", with: "-") + "/" + rest } ?? rest
        if image.name.contains(":") {
            notes.append(
                Note(
                    item: item, text: "its port was taken for the tag there, and it failed", isLeftOut: false)
            )
        }
        if image.tag == Self.allTags {
            notes.append(
                Note(
                    item: item, text: "there this was a tag of that name, and failed; here it is all tags",
                    isLeftOut: false))
        }
        try add(
            image, item, to: isHub ? "docker.io" : host?.lowercased(), repository: repository,
            destination: destination)
    }

    private mutating func add(
        _ image: Item, _ item: String, to host: String?, repository: String, destination: String
    ) throws(ImportError) {
        do { _ = (try RepositoryName(repository), try RepositoryName(destination)) } catch {
            throw ImportError("\(error)")
        }
        let group = groups.firstIndex { $0.host == host } ?? groups.count
        if group == groups.count { groups.append(Group(host: host)) }
        let entry =
            groups[group].entries.firstIndex { $0.repository == repository && $0.destination == destination }
            ?? groups[group].entries.count
        if entry == groups[group].entries.count {
            groups[group].entries.append(Entry(repository: repository, destination: destination))
        }
        if image.tag == Self.allTags {
            groups[group].entries[entry].takesAll = true
        } else if let digest = image.digest {
            groups[group].entries[entry].pins[image.tag] = digest
        } else if !groups[group].entries[entry].tags.contains(image.tag) {
            groups[group].entries[entry].tags.append(image.tag)
        }
    }

    /// The names that Docker Hub goes by.
    private static let hub: Set<String> = [
        "docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com",
    ]

    /// `HOST[:PORT]` in plain ASCII.
    private static func isHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let labels = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let isNamed = labels.allSatisfy { label in
            !label.isEmpty && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 45
                }
        }
        guard parts.count == 2 else { return isNamed && parts.count == 1 }
        return isNamed && parts[1].utf8.allSatisfy { (48...57).contains($0) }
            && (1...65_535).contains(Int(parts[1]) ?? 0)
    }

    /// What stands before the first `/` is a host where it looks like one.
    private static func parted(_ name: String) -> (host: String?, rest: String) {
        guard let slash = name.firstIndex(of: "/") else { return (nil, name) }
        let first = name[..<slash]
        guard first.contains(".") || first.contains(":") || first == "localhost" else { return (nil, name) }
        return (String(first), String(name[name.index(after: slash)...]))
    }

    /// `NAME[:TAG][@DIGEST]`
    private struct Item {
        var name: String
        var tag = "latest"
        var digest: String?

        init(_ text: String) throws(ImportError) {
            let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            name = String(parts[0])
            let last = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
            let colon = name[last...].firstIndex(of: ":")
            if let colon {
                tag = String(name[name.index(after: colon)...])
                name = String(name[..<colon])
                try Self.check(tag)
            }
            guard parts.count == 2 else { return }
            do throws(DigestError) { digest = try Digest(String(parts[1])).description } catch {
                throw ImportError("\(error)")
            }
            guard colon != nil, tag != DRHList.allTags else {
                throw ImportError("a copy needs a tag: under 'images' write pins: { TAG: \(digest ?? "") }")
            }
        }

        private static func check(_ text: String) throws(ImportError) {
            let tag: Tag
            do throws(TagError) { tag = try Tag(text) } catch { throw ImportError("\(error)") }
            guard !tag.isInternal else {
                throw ImportError("it is a signature's tag, which follows its image by itself")
            }
        }
    }
}

import OCI

extension ObjectReader {
    /// Reads one entry under `images`.
    mutating func image(
        _ value: Value, in rule: DestinationNames, registry: String?
    ) -> (entry: ImageEntry, places: EntryPlaces)? {
        guard let fields = value.fields else { return nil }
        let names = destinationNames(fields["destination"]?.fields, or: rule)
        var places = EntryPlaces(
            entry: place(of: value), repository: fields["repository"].map { place(of: $0) })
        let pins = self.pins(fields["pins"]?.fields, &places)
        let tags = fields["tags"]?.fields.flatMap { self.tags($0) }
        for item in fields["tags"]?.fields?["include"]?.list ?? [] {
            guard let text = item.text, let tag = try? Tag(text) else { continue }
            refuseInternal(tag, at: place(of: item))
            places.tags[tag] = place(of: item)
        }
        guard let repositories = repositories(fields) else { return nil }
        let own = fields["destination"].map { _ in
            Destination(registry: registry ?? "", repository: names.repository, tag: names.tag)
        }
        let entry = ImageEntry(
            repositories: repositories, tags: tags, pins: pins, overwrite: overwrite(fields),
            destination: own, referrers: referrers(fields))
        return (entry, places)
    }

    private mutating func repositories(_ fields: Fields) -> RepositorySelector? {
        if let value = fields["repository"] {
            let isPattern = value.text?.contains { $0 == "*" || $0 == "?" } ?? false
            let hint =
                isPattern
                ? "'repository' wants a whole name; 'repositories: {include: […]}' takes patterns" : nil
            return read(value, hint: hint) { text throws(RepositoryNameError) in
                .named(try RepositoryName(text))
            }
        }
        guard let patterns = fields["repositories"]?.fields else { return nil }
        return .matching(include: globs(patterns["include"]), exclude: globs(patterns["exclude"]))
    }

    private func globs(_ value: Value?) -> [Glob] { (value?.list ?? []).compactMap(\.text).map(Glob.init) }

    private mutating func pins(_ fields: Fields?, _ places: inout EntryPlaces) -> [Tag: Digest] {
        var pins: [Tag: Digest] = [:]
        for member in fields?.members ?? [] {
            let digest = read(member.value) { text throws(DigestError) in try Digest(text) }
            guard let tag = try? Tag(member.name) else {
                let pattern = member.name.shortened(to: 40)
                refuse(
                    "\(member.name.quoted) is no tag", at: shapes.place(of: member.key),
                    hint: "'pins' wants whole tags; use 'include: [\(pattern)]' for a pattern")
                continue
            }
            refuseInternal(tag, at: shapes.place(of: member.key))
            places.tags[tag] = shapes.place(of: member.key)
            pins[tag] = digest
        }
        return pins
    }

    /// Tags of signatures are never selected: one that is named would be left out without a word.
    private mutating func refuseInternal(_ tag: Tag, at place: Place) {
        guard tag.isInternal else { return }
        refuse(
            "\(tag.description.shortened(to: 40).quoted) carries a signature or referrers, and is never selected",
            at: place,
            hint: "such tags follow their image by themselves, unless 'referrers: false' says not to")
    }

    private mutating func tags(_ fields: Fields) -> TagSelector {
        let newest = fields["newest"]?.whole
        let order = fields["sortBy"]?.text.flatMap(SortOrder.init) ?? (newest == nil ? nil : .semver)
        let semver = range(fields["semver"])
        if fields["prereleases"]?.flag == true, fields["semver"] == nil, order != .semver,
            let key = fields.members.first(where: { $0.name == "prereleases" })?.key
        {
            refuse(
                "'prereleases' has no effect without 'semver' or a 'newest' that counts versions",
                at: shapes.place(of: key))
        }
        return TagSelector(
            include: globs(fields["include"]), exclude: globs(fields["exclude"]),
            matching: pattern(fields["matching"]),
            semver: semver, prereleases: fields["prereleases"]?.flag ?? false, sortBy: order, newest: newest)
    }

    private mutating func pattern(_ value: Value?) -> Pattern? {
        guard let value, let text = value.text else { return nil }
        do throws(PatternError) {
            return try compiled(text)
        } catch {
            refuse(error.description, at: value, offset: error.offset, width: 1)
            return nil
        }
    }

    /// Compiles an expression once, however many aliases repeat it.
    private mutating func compiled(_ text: String) throws(PatternError) -> Pattern {
        if let known = patterns[text] { return known }
        let pattern = try Pattern(text)
        patterns[text] = pattern
        return pattern
    }

    private mutating func range(_ value: Value?) -> VersionRange? {
        guard let value, let text = value.text else { return nil }
        do throws(VersionRangeError) {
            return try VersionRange(text)
        } catch {
            refuse(error.description, at: value, offset: error.offset, width: 1)
            return nil
        }
    }
}

import OCI

extension ObjectReader {
    mutating func rule(_ name: String, _ spec: Fields) -> (rule: Replication, places: RulePlaces)? {
        let names = destinationNames(spec["destination"]?.fields)
        let acknowledged = (spec["acknowledge"]?.list ?? []).compactMap { acknowledgedImage($0) }
        let source = spec["source"]?.fields?["registry"]
        let destination = spec["destination"]?.fields?["registry"]
        let platforms = platformKeys(spec)
        let images = (spec["images"]?.list ?? []).compactMap {
            value -> (entry: ImageEntry, places: EntryPlaces)? in
            let own = value.fields.map { platformKeys($0) }
            guard var image = image(value, in: names, registry: destination?.text) else { return nil }
            image.entry.platforms = choice(own ?? PlatformKeys(), in: platforms)
            return image
        }
        guard let source, let from = source.text, let destination, let to = destination.text else {
            return nil
        }
        let list = spec["imageList"]?.fields.flatMap { imageList($0) }
        let table = spec["statusTable"]?.fields.flatMap { statusTable($0) }
        let settings = spec["destination"]?.fields?["createRepositories"]
        let rule = Replication(
            name: name, source: from,
            destination: Destination(
                registry: to, repository: names.repository, tag: names.tag,
                createRepositories: repositorySettings(settings)),
            images: images.map(\.entry), overwrite: overwrite(spec) ?? .always,
            concurrency: spec["concurrency"]?.whole ?? 10, retries: spec["retries"]?.whole ?? 3,
            suspend: spec["suspend"]?.flag ?? false, acknowledge: Set(acknowledged),
            requireMatch: spec["requireMatch"]?.flag ?? false,
            referrers: (referrers(spec) ?? .copied(ReferrerPolicy())).policy, imageList: list?.list,
            listPlatforms: list == nil ? nil : choice(PlatformKeys(), in: platforms),
            statusTable: table?.table)
        var places = RulePlaces(
            source: place(of: source), destination: place(of: destination), entries: images.map(\.places))
        places.settings = settings.map { place(of: $0) }
        places.privateSettings = privateSettings(settings)
        places.table = spec["statusTable"]?.fields?["name"].map { place(of: $0) }
        places.via = [list?.via, table?.via].compactMap { $0 }
        places.listFile = list?.file
        return (rule, places)
    }

    /// The names at the destination.
    struct DestinationNames {
        var repository = NameTemplate.repository
        var tag = NameTemplate.tag
    }

    /// Reads templates; what is not given stays as it is in `rule`.
    mutating func destinationNames(
        _ fields: Fields?, or rule: DestinationNames = DestinationNames()
    ) -> DestinationNames {
        var names = rule
        if let value = fields?["repository"], let template = template(value, for: .repository) {
            names.repository = template
        }
        if let value = fields?["tag"], let template = template(value, for: .tag) {
            names.tag = template
        }
        return names
    }

    func overwrite(_ fields: Fields) -> Overwrite? { fields["overwrite"]?.text.flatMap(Overwrite.init) }

    private mutating func template(_ value: Value, for target: TemplateText.Target) -> NameTemplate? {
        guard let text = value.text else { return nil }
        do throws(TemplateText.Problem) {
            try TemplateText.check(text, for: target)
        } catch {
            refuse(error.message, at: value, offset: error.offset, width: error.width, hint: error.hint)
            return nil
        }
        let template = NameTemplate(text: text)
        guard let problem = Self.problem(of: template, target) else { return template }
        refuse("no image can be named by this template: \(problem)", at: value)
        return nil
    }

    /// Why no source at all could give a name: `a` is one wherever a placeholder stands.
    private static func problem(of template: NameTemplate, _ target: TemplateText.Target) -> String? {
        guard let repository = try? RepositoryName("a/a"), let tag = try? Tag("a") else { return nil }
        return reason { () throws(RenderingError) in
            switch target {
            case .repository:
                _ = try template.repositoryName(registryHost: "a", repository: repository, tag: tag)
            case .tag: _ = try template.tagName(registryHost: "a", repository: repository, tag: tag)
            }
        }
    }

    private static func reason<Reason: Error & CustomStringConvertible>(
        _ check: () throws(Reason) -> Void
    ) -> String? {
        do throws(Reason) {
            try check()
            return nil
        } catch { return error.description }
    }

    private mutating func acknowledgedImage(_ value: Value) -> String? {
        guard let text = value.text else { return nil }
        let hint = "write REPOSITORY:TAG, as they are at the destination"
        guard let colon = text.lastIndex(of: ":") else {
            refuse("\(text.quoted) names no tag", at: value, hint: hint)
            return nil
        }
        let repository = Self.reason { () throws(RepositoryNameError) in
            _ = try RepositoryName(String(text[..<colon]))
        }
        let tag = Self.reason { () throws(TagError) in _ = try Tag(String(text[text.index(after: colon)...]))
        }
        guard let problem = repository ?? tag else { return text }
        refuse(problem, at: value, hint: hint)
        return nil
    }
}

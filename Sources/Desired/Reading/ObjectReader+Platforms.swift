import OCI

/// What a rule or an entry says of platforms, and where.
struct PlatformKeys {
    /// `all`, which is none, or a list.
    var selectors: [PlatformSelector]?
    /// How many are written, faulty ones too.
    var count = 0
    /// Where `platforms` stands.
    var place: Place?
    var flattens: Bool?
    /// Where `flatten` stands.
    var flattenPlace: Place?
}

extension ObjectReader {
    /// Reads `platforms` and `flatten`.
    mutating func platformKeys(_ fields: Fields) -> PlatformKeys {
        var keys = PlatformKeys()
        if let value = fields["platforms"] {
            keys.place = place(of: value)
            keys.selectors = value.text == nil ? selectors(value.list) : []
            keys.count = value.list.count
        }
        if let value = fields["flatten"] {
            keys.flattenPlace = place(of: value)
            keys.flattens = value.flag
        }
        return keys
    }

    private mutating func selectors(_ values: [Value]) -> [PlatformSelector] {
        var selectors: [PlatformSelector] = []
        for value in values {
            guard let selector = read(value, { text throws(PlatformError) in try PlatformSelector(text) })
            else { continue }
            if selectors.contains(selector) {
                refuse("\(selector.description.quoted) stands here twice", at: value)
            }
            selectors.append(selector)
        }
        return selectors
    }

    /// What an entry comes to: its own keys, else the rule's. A flat image must be of one platform.
    mutating func choice(_ entry: PlatformKeys, in rule: PlatformKeys) -> PlatformChoice? {
        let selectors = entry.selectors ?? rule.selectors ?? []
        let flattens = entry.flattens ?? rule.flattens ?? false
        let count = entry.selectors == nil ? rule.count : entry.count
        if flattens, count != 1,
            let place = entry.flattenPlace ?? entry.place ?? rule.flattenPlace
        {
            let chosen = count == 0 ? "all" : "\(count)"
            refuse(
                "'flatten' wants exactly one platform, and \(chosen) are chosen", at: place,
                hint: "write 'platforms: [linux/amd64]', or leave 'flatten' out")
        }
        return selectors.isEmpty ? nil : PlatformChoice(selectors, flattens: flattens)
    }
}

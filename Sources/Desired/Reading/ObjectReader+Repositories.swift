import FoundationEssentials

extension ObjectReader {
    /// Reads how repositories are created.
    mutating func repositorySettings(_ value: Value?) -> RepositorySettings? {
        guard let value else { return nil }
        if let flag = value.flag { return RepositorySettings(creates: flag) }
        guard let fields = value.fields else { return nil }
        return RepositorySettings(
            tagMutability: fields["immutableTags"].flatMap { tagMutability($0) },
            scansOnPush: fields["scanOnPush"]?.flag, kmsKey: kmsKey(fields["kmsKey"]),
            lifecyclePolicy: fields["lifecyclePolicyFile"].flatMap { policy($0, bytes: 100...30_720) },
            repositoryPolicy: fields["repositoryPolicyFile"].flatMap { policy($0, bytes: 2...10_240) },
            tags: fields["tags"].flatMap { resourceTags($0) }, enforcement: fields["enforce"]?.flag)
    }

    /// The keys that only a private registry knows, each with its place.
    func privateSettings(_ value: Value?) -> [NamedPlace] {
        (value?.fields?.members ?? [])
            .filter { ["immutableTags", "scanOnPush", "kmsKey", "lifecyclePolicyFile"].contains($0.name) }
            .map { NamedPlace(name: $0.name, place: shapes.place(of: $0.key)) }
    }

    /// More exceptions than these ECR does not take.
    private static let mostExceptions = 5

    private mutating func tagMutability(_ value: Value) -> TagMutability? {
        if let flag = value.flag { return flag ? .immutable(except: []) : .mutable }
        guard let list = value.fields?["except"] else { return nil }
        if list.list.count > Self.mostExceptions {
            refuse("'except' has more than \(Self.mostExceptions) filters", at: list)
        }
        return .immutable(except: list.list.compactMap { amazon($0, AmazonName.filter) })
    }

    private mutating func kmsKey(_ value: Value?) -> String? {
        guard let value, let text = value.text else { return nil }
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain, text.utf8.count <= 2_048 else {
            refuse(
                "\(text.quoted) is no KMS key", at: value,
                hint: "write its id, its ARN, or an alias such as 'alias/name'")
            return nil
        }
        return text
    }

    private mutating func resourceTags(_ value: Value) -> [String: String]? {
        let members = value.fields?.members ?? []
        if members.count > 50 { refuse("'tags' has more than 50 of them", at: value) }
        for member in members {
            if !Self.isTagText(member.name, 1...128) || member.name.lowercased().hasPrefix("aws:") {
                refuse(
                    "\(member.name.quoted) is no name of a resource tag", at: shapes.place(of: member.key),
                    hint:
                        "it has 1 to 128 letters, digits, blanks and '_.:/=+-@', and no 'aws:' at its beginning"
                )
            }
            if let text = member.value.text, !Self.isTagText(text, 0...256) {
                refuse(
                    "\(text.quoted) is no value of a resource tag", at: member.value,
                    hint: "it has at most 256 letters, digits, blanks and '_.:/=+-@'")
            }
        }
        let pairs = members.compactMap { member in member.value.text.map { (member.name, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private static func isTagText(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar == " " || "_.:/=+-@".unicodeScalars.contains(scalar)
            }
    }

    /// The text of a policy, which is a JSON object of as many bytes as ECR takes.
    private mutating func policy(_ value: Value, bytes: ClosedRange<Int>) -> String? {
        guard let text = text(ofFile: value, atMost: bytes.upperBound) else { return nil }
        let name = (value.text ?? "").quoted
        guard text.utf8.count >= bytes.lowerBound else {
            refuse(
                "the policy in \(name) is too short", at: value,
                hint: "ECR takes \(bytes.lowerBound) to \(bytes.upperBound) characters")
            return nil
        }
        guard (try? JSONDecoder().decode([String: AnyJSON].self, from: Data(text.utf8))) != nil else {
            refuse("\(name) holds no JSON object", at: value, hint: "a policy is one, as AWS describes it")
            return nil
        }
        return text
    }
}

/// Any value of JSON, looked through to its bottom and not kept.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: AnyKey.self) {
            for key in object.allKeys { _ = try object.decode(AnyJSON.self, forKey: key) }
        } else if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd { _ = try list.decode(AnyJSON.self) }
        } else {
            let value = try decoder.singleValueContainer()
            guard !value.decodeNil(), (try? value.decode(Bool.self)) == nil,
                (try? value.decode(String.self)) == nil
            else { return }
            _ = try value.decode(Double.self)
        }
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

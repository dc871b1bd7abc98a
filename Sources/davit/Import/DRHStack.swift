/// The parameters of the Data Replication Hub's ECR plugin, by what they meant there.
struct DRHStack {
    /// Where images came from.
    enum Source: Equatable {
        /// A registry of ECR; no account: the stack's own.
        case ecr(region: String, account: String?)
        /// Whatever can be pulled without a key.
        case anyPublic
    }

    let source: Source
    /// The images that were chosen; `nil`: all.
    let list: String?
    let sourceSecret: String?
    let destinationRegion: String
    let destinationAccount: String?
    let destinationSecret: String?
    /// The whole index is copied; `nil`: the stack does not say.
    let takesAllPlatforms: Bool?
    let hasAlarm: Bool

    init(_ input: StackInput) throws(ImportError) {
        let fields = Fields(input)
        switch fields["sourceType"] ?? "Amazon_ECR" {
        case "Amazon_ECR":
            source = .ecr(
                region: try fields.region("srcRegion"), account: try fields.account("srcAccountId"))
        case "Public": source = .anyPublic
        case let other: throw ImportError("sourceType is '\(other)': there were Amazon_ECR and Public")
        }
        switch fields["srcList"] ?? "ALL" {
        case "ALL": list = nil
        case "SELECTED": list = fields["srcImageList"] ?? ""
        case let other: throw ImportError("srcList is '\(other)': there were ALL and SELECTED")
        }
        switch fields["includeUntagged"]?.lowercased() {
        case nil: takesAllPlatforms = nil
        case "true": takesAllPlatforms = true
        case "false": takesAllPlatforms = false
        case let other?: throw ImportError("includeUntagged is '\(other)': there were true and false")
        }
        destinationRegion = try fields.region("destRegion")
        destinationAccount = try fields.account("destAccountId")
        sourceSecret = fields["srcCredential"]
        destinationSecret = fields["destCredential"]
        hasAlarm = fields["alarmEmail"] != nil
    }

    /// The keys opened another account; without its number they were not looked at.
    var usesSourceSecret: Bool {
        if case .ecr(_, .some) = source { sourceSecret != nil } else { false }
    }

    /// The same of the destination.
    var usesDestinationSecret: Bool { destinationAccount != nil && destinationSecret != nil }

    /// All of any public registry: that did nothing there.
    var didNothing: Bool { source == .anyPublic && list == nil }

    /// Values by name; an empty one is none.
    private struct Fields {
        private let values: [String: String]

        init(_ input: StackInput) {
            values = Dictionary(
                input.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }

        subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

        func region(_ name: String) throws(ImportError) -> String {
            guard let text = self[name] else { throw ImportError("\(name) is missing or empty") }
            let allowed = text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            }
            guard allowed, text.contains("-") else {
                throw ImportError("\(name) is '\(text)', which is no region")
            }
            return text
        }

        func account(_ name: String) throws(ImportError) -> String? {
            guard let text = self[name] else { return nil }
            guard text.utf8.count == 12, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw ImportError("\(name) is '\(text)', which is no account: it has twelve digits")
            }
            return text
        }
    }
}

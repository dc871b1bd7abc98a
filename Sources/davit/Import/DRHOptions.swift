import ArgumentParser

/// What a stack's parameters do not tell, told by who moves over.
struct DRHOptions {
    /// Where the keys were kept.
    enum Store: String, ExpressibleByArgument, CaseIterable {
        case secretsManager = "secrets-manager"
        case ssm
    }

    var store = Store.secretsManager
    /// The parameter of Systems Manager that the stack kept its list in; `nil`: the list is written out.
    var listParameter: String?
    /// The region of the stack, with its keys, list, table and topic.
    var region: String?
    var table: String?
    var topic: String?
}

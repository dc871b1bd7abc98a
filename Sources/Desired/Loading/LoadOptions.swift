/// What the person who runs davit lets the manifests see. Nothing here is read from the process.
public struct LoadOptions: Sendable {
    /// Variables that manifests may name in `${…}` besides `DAVIT_VAR_*`.
    public var allowedVariables: Set<String> = []
    /// A folder outside the manifests whose files they may name.
    public var secretsDirectory: String?
    /// Folders outside the manifests in which they may name image layouts.
    public var layoutDirectories: [String] = []
    /// The variables there are.
    public var environment: [String: String] = [:]

    /// Lets in what every manifest may see, and no variable is set.
    public init() {}
}

/// What came of reading the manifests.
public struct LoadResult: Sendable {
    /// What they ask for; `nil` where anything in them is at fault.
    public var state: DesiredState?
    /// Everything that is wrong, in the order of the files.
    public var diagnostics: [Diagnostic]
}

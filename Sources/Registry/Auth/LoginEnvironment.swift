/// The surroundings that logins are looked up in: handed in by the front door, never read here.
public struct LoginEnvironment: Sendable, CustomStringConvertible, CustomReflectable {
    /// The environment's variables; credential helpers are run with these.
    public var variables: [String: String]
    /// The user's home folder, where there is one.
    public var home: String?

    /// Describes the surroundings.
    public init(variables: [String: String] = [:], home: String? = nil) {
        self.variables = variables
        self.home = home
    }

    /// How many variables there are, and none of their values.
    public var description: String { "\(variables.count) variables" }

    /// A mirror without a child: a value may be a secret.
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }

    /// The value of a variable; an empty one counts as not set.
    public subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

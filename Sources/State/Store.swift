import GRDB
import OCI

/// What davit remembers between passes: a cache and a record. Nothing that is right depends on it.
public final class Store: Sendable {
    private let database: any DatabaseWriter

    /// A store that ends with the program.
    public static func inMemory() throws -> Store { Store(try DatabaseQueue()) }

    init(_ database: any DatabaseWriter) { self.database = database }
}

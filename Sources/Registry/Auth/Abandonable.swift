/// An error that can say that nobody wanted the result any more.
protocol Abandonable: Error {
    /// The error of a task that was cancelled.
    static var abandoned: Self { get }
    /// True of that error.
    var isAbandoned: Bool { get }
}

import Glibc

/// What went wrong in the test ground itself, told in one line.
public struct LabError: Error, CustomStringConvertible {
    /// The line.
    public let description: String

    /// Says what was tried and why it failed.
    public init(_ description: String) { self.description = description }

    /// Says what was tried, with the system's own reason.
    static func system(_ what: String, _ code: Int32 = errno) -> LabError {
        LabError("\(what): \(String(cString: strerror(code)))")
    }
}

/// Why an image has no place at the destination.
struct NamingFault: Error, CustomStringConvertible {
    /// The repository, or the image, that no name could be made of.
    var subject: String
    /// What was tried, and what is wrong with it.
    var reason: String

    var description: String { "\(subject): \(reason)" }
}

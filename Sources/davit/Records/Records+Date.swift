import FoundationEssentials

extension Records {
    /// A moment in RFC 3339.
    static func date(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}

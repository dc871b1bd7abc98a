/// Where the state file is.
public enum StorePath {
    /// Where it is below the folder for state.
    static let own = "davit/state.db"

    /// The path that is meant: an option's, or the place that the XDG Base Directory Specification gives to state.
    ///
    /// - Parameters:
    ///   - option: a path, `none`, or nothing.
    ///   - shard: which of how many davits that share the work: each has a file of its own, so that none keeps
    ///     another's busy.
    /// - Returns: `nil` where there is to be no state, or no folder of the user's to put it into.
    public static func resolve(
        _ option: String?, environment: [String: String], shard: (index: Int, count: Int)? = nil
    ) -> String? {
        guard let path = resolve(option, environment) else { return nil }
        return shard.map { marked(path, "shard-\($0.index)-of-\($0.count)") } ?? path
    }

    /// True of a path at which davit itself puts its state, a shard's too.
    static func isOwn(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.hasPrefix("/"), parts.count > 2, parts[parts.count - 2] == "davit" else { return false }
        let name = parts[parts.count - 1]
        return name == "state.db" || name.hasPrefix("state.shard-") && name.hasSuffix(".db")
    }

    private static func resolve(_ option: String?, _ environment: [String: String]) -> String? {
        if let option { return option == "none" ? nil : option }
        // The specification wants relative paths to be ignored.
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") {
            return folder + "/" + own
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.local/state/" + own
    }

    /// A mark before the last part of a file's name: `state.MARK.db`.
    private static func marked(_ path: String, _ mark: String) -> String {
        let begin = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        // A dot that a name begins with is no extension's.
        guard let dot = path[begin...].lastIndex(of: "."), dot > begin else { return path + "." + mark }
        return path[..<dot] + "." + mark + path[dot...]
    }
}

/// Where the state file is.
public enum StorePath {
    /// Where it is below the folder for state.
    static let own = "davit/state.db"

    /// The path that is meant: an option's, or the place that the XDG Base Directory Specification gives to state.
    ///
    /// - Parameter option: a path, `none`, or nothing.
    /// - Returns: `nil` where there is to be no state, or no folder of the user's to put it into.
    public static func resolve(_ option: String?, environment: [String: String]) -> String? {
        if let option { return option == "none" ? nil : option }
        // The specification wants relative paths to be ignored.
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") {
            return folder + "/" + own
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.local/state/" + own
    }
}

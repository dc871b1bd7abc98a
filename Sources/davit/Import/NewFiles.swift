import ArgumentParser
import Glibc

/// Files that are to be new.
enum NewFiles {
    /// Refuses where one of them is there, be it a link that leads nowhere.
    static func refuse(_ paths: [String]) throws {
        let taken = paths.filter { path in
            var facts = stat()
            return lstat(path, &facts) == 0
        }
        guard taken.isEmpty else {
            throw ValidationError("\(taken.joined(separator: " and ")) would be written over: say --force")
        }
    }
}

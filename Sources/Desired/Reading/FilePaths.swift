import FoundationEssentials

/// Questions about paths, answered as the kernel would: links are followed one by one, `..` after them.
enum FilePaths {
    enum Kind {
        case file, folder, other
    }

    /// The path from `/`, not resolved.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The path without links, `.` and `..`; `nil` where links go round in circles. What is not there stays
    /// as named.
    static func resolved(_ path: String) -> String? {
        var done: [Substring] = []
        var pending = Array(absolute(path).split(separator: "/").reversed())
        var links = 0
        while let next = pending.popLast() {
            if next == "." { continue }
            if next == ".." {
                _ = done.popLast()
                continue
            }
            done.append(next)
            let here = "/" + done.joined(separator: "/")
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: here) else {
                continue
            }
            links += 1
            guard links <= 40 else { return nil }
            if target.hasPrefix("/") { done = [] } else { done.removeLast() }
            pending += target.split(separator: "/").reversed()
        }
        return "/" + done.joined(separator: "/")
    }

    /// True of a resolved path at or under a resolved folder.
    static func contains(_ folder: String, _ path: String) -> Bool {
        folder == "/" || path == folder || path.hasPrefix(folder + "/")
    }

    /// What stands at a resolved path; `nil`: nothing.
    static func kind(of path: String) -> Kind? {
        guard let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        else {
            return nil
        }
        return switch type {
        case .typeRegular: .file
        case .typeDirectory: .folder
        default: .other
        }
    }

    /// The size of the file at a resolved path.
    static func size(of path: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? UInt64).map(Int.init(clamping:))
            ?? 0
    }

    /// The folder that a path stands in.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

import OCI
import Plan

/// What of a choice of platforms a person should know who does not look at each image.
enum PlatformWarnings {
    /// An image that lacks something of what was chosen for it.
    struct Lack: Hashable {
        var rule: String
        var image: String
        var platforms: [PlatformSelector]
    }

    /// Lines for the images of a plan.
    static func lines(_ images: [PlannedImage]) -> [String] {
        lines(images.map { Lack(rule: $0.rule, image: $0.source, platforms: $0.missingPlatforms ?? []) })
    }

    /// Lines for what became of images.
    static func lines(_ images: [ImageOutcome]) -> [String] {
        lines(images.map { Lack(rule: $0.rule, image: $0.source, platforms: $0.missingPlatforms ?? []) })
    }

    /// One line for each repository and what its images lack, with the first of them by name.
    static func lines(_ lacks: [Lack]) -> [String] {
        var order: [Lack] = []
        var tags: [Lack: [Substring]] = [:]
        for lack in lacks where !lack.platforms.isEmpty {
            let colon = lack.image.lastIndex(of: ":") ?? lack.image.endIndex
            var group = lack
            group.image = String(lack.image[..<colon])
            if tags[group] == nil { order.append(group) }
            tags[group, default: []].append(lack.image[colon...].dropFirst())
        }
        return order.map { group in
            let names = tags[group] ?? []
            let some = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
            let platforms = group.platforms.map(\.description).joined(separator: ", ")
            return "rule \(group.rule): \(group.image) has no \(platforms) in \(names.count) of its images"
                + " (\(some)); the other platforms are copied"
        }
    }
}

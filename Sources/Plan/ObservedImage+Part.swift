import Desired
import OCI

extension ObservedImage {
    /// What a person should know of a part: what is not in it, and what no longer speaks of it.
    var partNotes: String {
        guard let subset else { return "" }
        var notes = ""
        if !subset.missing.isEmpty {
            notes += "; the source lacks " + subset.missing.map(\.description).joined(separator: ", ")
        }
        if isPart, !orphans.isEmpty {
            notes +=
                "; \(Self.named(orphans)) at the source will not fit: they speak of the whole index, not of this part"
        }
        return notes
    }

    /// `sha256-0123456789ab….sig`, for people.
    private static func named(_ orphans: [String]) -> String {
        orphans.prefix(4).map { $0.prefix(19) + "…" + $0.suffix(from: $0.lastIndex(of: ".") ?? $0.endIndex) }
            .joined(separator: ", ") + (orphans.count > 4 ? ", …" : "")
    }

    /// True where the destination is to have something else than the source's tag stands for.
    public var isPart: Bool { wanted != nil && wanted != original && claim.platforms != nil }
}

extension PlannedImage {
    /// Notes what is known of a choice of platforms.
    mutating func note(_ image: ObservedImage) {
        guard let subset = image.subset else { return }
        if image.isPart {
            partOf = image.original
            if !image.orphans.isEmpty { orphans = image.orphans }
        }
        if !subset.missing.isEmpty { missingPlatforms = subset.missing }
    }
}

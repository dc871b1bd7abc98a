/// Numbers as people read them.
enum Amount {
    /// `0 B`, `512 B`, `3.2 MiB`.
    static func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(tenths(value)) \(units[unit])"
    }

    /// `1 blob`, `3 blobs`.
    static func of(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `0.4 s`, `12.0 s`, `3 min 5 s`.
    static func seconds(_ time: Double) -> String {
        time < 60 ? "\(tenths(time)) s" : "\(Int(time) / 60) min \(Int(time) % 60) s"
    }

    /// `12 s`, `3 min`, `2 h 5 min`: for what is a guess.
    static func roughly(_ time: Double) -> String {
        // Whoever gives sizes may make a guess of any length.
        let seconds = Int(min(time, 1e9))
        if seconds < 60 { return "\(seconds) s" }
        return seconds < 3600 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }

    private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

extension ObjectReader {
    mutating func limits(_ fields: Fields) -> RegistryLimits {
        var limits = RegistryLimits()
        if let concurrency = fields["concurrency"]?.whole { limits.concurrency = concurrency }
        limits.requestsPerSecond = fields["requestsPerSecond"]?.whole
        limits.bandwidth =
            read(fields["bandwidth"]) { text throws(ByteRateError) in try ByteRate(text) }?
            .bytesPerSecond
        if let value = fields["reserve"] {
            if let count = value.whole { limits.reserve = .pulls(count) }
            if value.text != nil, let percent = percent(value) { limits.reserve = .percent(percent) }
        }
        return limits
    }

    /// `10%`, and nothing else.
    private mutating func percent(_ value: Value) -> Int? {
        guard let text = value.text else { return nil }
        let digits = text.dropLast()
        guard text.hasSuffix("%"), let percent = Int(digits), String(percent) == digits,
            (0...100).contains(percent)
        else {
            refuse(
                "\(text.quoted) is no part of a quota", at: value,
                hint: "write a part from '0%' to '100%', or a number of pulls")
            return nil
        }
        return percent
    }
}

import Registry

/// What one image may read at a source that counts manifests read; at others it counts nothing.
actor PullBudget {
    private let source: (any MeteredBackend)?
    private let place: String
    private var left = 0

    init(at source: any Backend) {
        self.source = source.metered
        place = source.place
    }

    /// Sets pulls aside; throws `.deferred` where they would touch the source's reserve.
    func setAside(_ count: Int) async throws(RegistryError) {
        guard let source, count > 0 else { return }
        if let quota = await source.setAside(pulls: count) {
            throw RegistryError(
                .deferred, on: .source, at: place, while: "read manifest", "for a copy", detail: quota.text)
        }
        left += count
    }

    /// Reads a manifest, for which a pull was set aside: it is counted by the source from now on.
    nonisolated func using<Value: Sendable>(_ body: () async throws(RegistryError) -> Value)
        async throws(RegistryError) -> Value
    {
        let result: Result<Value, RegistryError>
        do throws(RegistryError) { result = .success(try await body()) } catch { result = .failure(error) }
        if source != nil { await use() }
        return try result.get()
    }

    private func use() async {
        guard left > 0 else { return }
        left -= 1
        await source?.giveBack(pulls: 1)
    }

    /// Gives back what was not needed.
    func end() async {
        guard left > 0 else { return }
        let rest = left
        left = 0
        await source?.giveBack(pulls: rest)
    }
}

extension Backend {
    /// The place as one that may count pulls, where it can.
    var metered: (any MeteredBackend)? { asMetered }
}

import HTTP
import OCI

extension LayoutFolder {
    /// What was found where an index is to be.
    private enum Sight: Sendable {
        /// There is no layout.
        case absent
        /// The memo has it.
        case known(LayoutIndex)
        case read(LayoutIndex, FileFacts.Stamp)
        /// It makes no sense, at least not now.
        case broken(String)
    }

    /// The index of a repository; `nil` where there is no layout. One that makes no sense is read again: some tools
    /// write it in place, and it is whole a moment later.
    ///
    /// - Parameter isFresh: whatever is remembered, read it.
    func index(of repository: RepositoryName, _ purpose: Purpose, isFresh: Bool = false)
        async throws(RegistryError) -> LayoutIndex?
    {
        var reason = ""
        for read in 0...settings.rereads {
            if read > 0 { try await pause(.milliseconds(20 << read), purpose) }
            switch try await look(at: repository, purpose, isFresh: isFresh) {
            case .absent: return nil
            case .known(let index): return index
            case .read(let index, let stamp):
                await memo.remember(index, of: repository, stamp, now: settings.now())
                return index
            case .broken(let what): reason = what
            }
        }
        throw RegistryError(
            .malformed, at: place, while: purpose.action, purpose.subject,
            detail:
                "\(root)/\(repository)/\(LayoutRepository.indexName) can't be read, also not a while later: "
                + reason + "; if no other program is writing it, restore it or take it away")
    }

    private func look(at repository: RepositoryName, _ purpose: Purpose, isFresh: Bool)
        async throws(RegistryError) -> Sight
    {
        let stamp = try await perform(purpose) { [root] () throws(DiskError) -> FileFacts.Stamp? in
            try LayoutRepository.open(repository, below: root)?.folder.facts(LayoutRepository.indexName)?
                .stamp
        }
        if !isFresh, let stamp, let index = await memo.index(of: repository, stamp) { return .known(index) }
        return try await perform(purpose) { [root] () throws(DiskError) in
            guard let layout = try LayoutRepository.open(repository, below: root) else { return .absent }
            guard try layout.isLayout() else {
                // An index without the marker is somebody's: it was lost, or is being written.
                guard try layout.folder.facts(LayoutRepository.indexName) != nil else { return .absent }
                return .broken(
                    "the file '\(LayoutRepository.markerName)' beside it is not there or not whole")
            }
            guard let file = try layout.folder.file(LayoutRepository.indexName) else {
                return .known(LayoutIndex())
            }
            let stamp = try file.facts().stamp
            let bytes = try file.readAll(atMost: LayoutRepository.largestIndex)
            do throws(LayoutIndexError) { return .read(try LayoutIndex(bytes), stamp) } catch {
                return .broken(error.description)
            }
        }
    }

    /// Changes the index of a repository under its lock: reads it again, changes that, and puts it in its place.
    ///
    /// - Parameter edit: changes the index; false where nothing is to be written.
    func changeIndex(
        of repository: RepositoryName, _ purpose: Purpose, _ edit: (inout LayoutIndex) -> Bool
    ) async throws(RegistryError) {
        let turn = await turns.turn(at: repository)
        do { try await turn.take() } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
        do throws(RegistryError) {
            let lock = try await lock(repository, purpose)
            var index = try await index(of: repository, purpose, isFresh: true) ?? LayoutIndex()
            if edit(&index) { try await write(index, to: repository, under: lock, purpose) }
            withExtendedLifetime(lock) {}
        } catch {
            await turn.give()
            throw error
        }
        await turn.give()
    }

    /// Waits for the lock that other programs may hold for the moment of a write.
    private func lock(_ repository: RepositoryName, _ purpose: Purpose) async throws(RegistryError)
        -> DiskFile
    {
        var waited = Duration.zero
        var next = Duration.milliseconds(5)
        while true {
            let lock = try await perform(purpose) { [root] () throws(DiskError) in
                try LayoutRepository.make(repository, below: root).lock()
            }
            if let lock { return lock }
            guard waited < settings.lockPatience else {
                let time = settings.lockPatience.components.seconds
                let detail =
                    "another program has held the lock of \(root)/\(repository) for more than \(time) s"
                throw failure(DiskError(.busy, detail), purpose)
            }
            try await pause(next, purpose)
            waited += next
            next = min(next * 2, .milliseconds(250))
        }
    }

    private func write(
        _ index: LayoutIndex, to repository: RepositoryName, under lock: DiskFile, _ purpose: Purpose
    ) async throws(RegistryError) {
        let bytes = index.bytes
        try await perform(purpose) { [root, settings] () throws(DiskError) in
            try settings.passing(.locked)
            let layout = try LayoutRepository.make(repository, below: root)
            try layout.syncBlobs()
            if try !layout.isLayout() {
                try layout.replace(
                    LayoutRepository.markerName, by: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
                try settings.passing(.marked)
            }
            try layout.replace(
                LayoutRepository.indexName, by: bytes,
                written: { () throws(DiskError) in
                    try settings.passing(.indexWritten)
                }, synced: { () throws(DiskError) in try settings.passing(.indexSynced) })
            try settings.passing(.indexPlaced)
            withExtendedLifetime(lock) {}
        }
    }
}

extension LayoutRepository {
    /// Gives a file new content as one step: written beside it, made to last, moved over it, and that made to last.
    fileprivate func replace(
        _ name: String, by bytes: [UInt8], written: () throws(DiskError) -> Void = {},
        synced: () throws(DiskError) -> Void = {}
    ) throws(DiskError) {
        let draft = try Draft(in: try ownFolder())
        do throws(DiskError) {
            try draft.file.write(bytes)
            try written()
            try draft.file.sync()
            try synced()
            try draft.place(in: folder, as: name)
        } catch {
            draft.discard()
            throw error
        }
        try folder.sync()
    }
}

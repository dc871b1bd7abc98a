import HTTP
import OCI

extension LayoutFolder {
    /// What was found where an index is to be.
    private enum Sight: Sendable {
        /// There is no layout.
        case absent
        /// A layout that has no index yet, or the one that is remembered.
        case known(LayoutIndex)
        case read(IndexMemo.Entry)
        /// Bytes that are not those remembered when the look began.
        case unlike([UInt8], FileFacts.Stamp, seen: Int64)
        /// It makes no sense, at least not now.
        case broken(String)
    }

    /// The index of a repository; `nil` where there is no layout. One that makes no sense is read again: some tools
    /// write it in place, and it is whole a moment later.
    ///
    /// - Parameter isReading: false for who holds the lock and is about to change it.
    func index(of repository: RepositoryName, _ purpose: Purpose, isReading: Bool = true)
        async throws(RegistryError) -> LayoutIndex?
    {
        var reason = ""
        for read in 0...settings.rereads {
            if read > 0 { try await pause(.milliseconds(20 << read), purpose) }
            var sight = try await look(at: repository, purpose, isReading: isReading)
            if case .unlike(let bytes, let stamp, let seen) = sight {
                sight = try await understand(bytes, stamp, seen, of: repository, purpose)
            }
            switch sight {
            case .absent: return nil
            case .known(let index): return index
            case .read(let entry):
                await memo.remember(entry, of: repository)
                return entry.index
            case .broken(let what): reason = what
            case .unlike: break
            }
        }
        throw RegistryError(
            .malformed, at: place, while: purpose.action, purpose.subject,
            detail:
                "\(root)/\(repository)/\(LayoutRepository.indexName) can't be read, also not a while later: "
                + reason + "; if no other program is writing it, restore it or take it away")
    }

    private func look(at repository: RepositoryName, _ purpose: Purpose, isReading: Bool)
        async throws(RegistryError) -> Sight
    {
        let known = await memo.entry(of: repository)
        return try await perform(purpose) { [root, settings] () throws(DiskError) in
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
            let (stamp, now) = (try file.facts().stamp, settings.now())
            let same = known.flatMap { $0.stamp == stamp ? $0 : nil }
            if let same, same.stands(isReading: isReading, now: now) { return .known(same.index) }
            let bytes = try file.readAll(atMost: settings.largestIndex)
            // To compare costs much less than to take apart.
            if var same, same.index.bytes == bytes {
                same.seen = now
                return .read(same)
            }
            return .unlike(bytes, stamp, seen: now)
        }
    }

    /// Takes bytes apart, but not those that davit has placed, or was about to place, while they were read.
    private func understand(
        _ bytes: [UInt8], _ stamp: FileFacts.Stamp, _ seen: Int64, of repository: RepositoryName,
        _ purpose: Purpose
    ) async throws(RegistryError) -> Sight {
        if let index = await memo.index(of: repository, in: bytes) {
            return .read(IndexMemo.Entry(index: index, stamp: stamp, seen: seen, isOurs: false))
        }
        return try await perform(purpose) { [settings] () throws(DiskError) in
            settings.decoding(bytes.count)
            do throws(LayoutIndexError) {
                let index = try LayoutIndex(bytes)
                return .read(IndexMemo.Entry(index: index, stamp: stamp, seen: seen, isOurs: false))
            } catch {
                return .broken(error.description)
            }
        }
    }

    /// Changes the index of a repository under its lock: reads it again, changes that, and puts it in its place.
    /// Changes that wait for their turn meanwhile are written together, and each ends when its index lasts.
    func changeIndex(
        of repository: RepositoryName, _ purpose: Purpose, _ edit: @escaping IndexChange.Edit
    ) async throws(RegistryError) {
        let change = IndexChange(purpose, edit)
        let turn = await turns.join(change, at: repository)
        do { try await turn.take() } catch {
            let failure = RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
            change.end(.failure(failure))
            throw failure
        }
        // Another's turn may have written it.
        while change.outcome == nil { await writeWaiting(at: repository, for: change) }
        await turn.give()
        try change.outcome?.get()
    }

    /// Writes all changes that wait, as one.
    private func writeWaiting(at repository: RepositoryName, for own: IndexChange) async {
        var changes: [IndexChange] = []
        do throws(RegistryError) {
            let lock = try await lock(repository, own.purpose)
            var index = try await index(of: repository, own.purpose, isReading: false) ?? LayoutIndex()
            changes = await turns.takeWaiting(at: repository)
            if apply(changes, to: &index) { try await write(index, to: repository, under: lock, own.purpose) }
            withExtendedLifetime(lock) {}
            for change in changes { change.end(.success(())) }
        } catch {
            own.end(.failure(error))
            // Who is cancelled is so for itself alone: the next one writes for the others.
            guard error.kind != .cancelled else { return await turns.putBack(changes, at: repository) }
            changes += await turns.takeWaiting(at: repository)
            for change in changes {
                var failure = error
                (failure.action, failure.subject) = (change.purpose.action, change.purpose.subject)
                change.end(.failure(failure))
            }
        }
    }

    /// Makes changes in order; true where something is to be written. One that can't be made stops no other.
    private func apply(_ changes: [IndexChange], to index: inout LayoutIndex) -> Bool {
        var isChanged = false
        for change in changes {
            do throws(DiskError) {
                if try change.edit(&index) { isChanged = true }
            } catch { change.end(.failure(failure(error, change.purpose))) }
        }
        return isChanged
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
        await memo.expect(index, of: repository)
        let stamp = try await perform(purpose) { [root, settings] () throws(DiskError) in
            try settings.passing(.locked)
            let layout = try LayoutRepository.make(repository, below: root)
            try layout.syncBlobs()
            if try !layout.isLayout() {
                _ = try layout.replace(
                    LayoutRepository.markerName, by: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
                try settings.passing(.marked)
            }
            let stamp = try layout.replace(
                LayoutRepository.indexName, by: bytes,
                written: { () throws(DiskError) in
                    try settings.passing(.indexWritten)
                }, synced: { () throws(DiskError) in try settings.passing(.indexSynced) })
            try settings.passing(.indexPlaced)
            withExtendedLifetime(lock) {}
            return stamp
        }
        guard let stamp else { return }
        await memo.remember(
            IndexMemo.Entry(index: index, stamp: stamp, seen: stamp.changed, isOurs: true), of: repository)
    }
}

extension LayoutRepository {
    /// Gives a file new content as one step: written beside it, made to last, moved over it, and that made to last.
    /// Returns what it is known by from then on; `nil` where another has written into it since.
    fileprivate func replace(
        _ name: String, by bytes: [UInt8], written: () throws(DiskError) -> Void = {},
        synced: () throws(DiskError) -> Void = {}
    ) throws(DiskError) -> FileFacts.Stamp? {
        let draft = try Draft(in: try ownFolder())
        let (before, after): (FileFacts.Stamp, FileFacts.Stamp)
        do throws(DiskError) {
            try draft.file.write(bytes)
            try written()
            try draft.file.sync()
            try synced()
            before = try draft.file.facts().stamp
            try draft.place(in: folder, as: name)
            after = try draft.file.facts().stamp
        } catch {
            draft.discard()
            throw error
        }
        try folder.sync()
        // To move it may change the time of its facts, and not that of its content.
        return before.size == after.size && before.written == after.written ? after : nil
    }
}

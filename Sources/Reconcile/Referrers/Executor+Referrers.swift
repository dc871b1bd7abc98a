import Desired
import HTTP
import OCI
import Plan
import Registry

extension Executor {
    /// Puts what hangs on an image, after its blobs and its children and before its own tag.
    func putReferrers(of image: ObservedImage, _ destination: any Backend, _ moved: inout Moved)
        async throws(RegistryError)
    {
        var unlisted: [Digest: [ReferrerEntry]] = [:]
        for referrer in image.referrers {
            guard let own = referrer.content.last?.document else { continue }
            try await putChildren(referrer.content.dropLast().map(\.document), image, destination, &moved)
            if referrer.loss != nil {
                // What leads to it is right.
                try await putAgain(own, referrer, image, destination, &moved)
            } else if let tag = referrer.tag {
                try await put(own, as: tag, referrer, image, destination, &moved)
            } else if let entry = referrer.entry {
                let isListed = try await put(own, about: referrer.subject, image, destination, &moved)
                if !isListed { unlisted[referrer.subject, default: []].append(entry) }
            }
        }
        for (subject, entries) in unlisted.sorted(by: { $0.key < $1.key }) {
            try await list(entries, of: subject, image, destination, &moved)
        }
    }

    /// Puts something by its digest that was lost, or names what was.
    private func putAgain(
        _ document: ManifestDocument, _ referrer: ObservedReferrer, _ image: ObservedImage,
        _ destination: any Backend, _ moved: inout Moved
    ) async throws(RegistryError) {
        guard referrer.tag != nil else {
            _ = try await put(document, about: referrer.subject, image, destination, &moved)
            return
        }
        let repository = image.claim.destinationRepository
        _ = try await putOnce(document, image, destination, &moved) { () async throws(RegistryError) in
            try await destination.put(document, as: .digest(document.digest), in: repository)
            return true
        }
    }

    /// Where a saved plan is applied, a signature's tag is looked at once more before it is put, as an image's is.
    private func isThere(
        _ referrer: ObservedReferrer, _ tag: Tag, _ image: ObservedImage, _ destination: any Backend
    ) async throws(RegistryError) -> Bool {
        guard isGuarded else { return false }
        let now = try await destination.resolve(.tag(tag), in: image.claim.destinationRepository)?.digest
        guard now != referrer.digest else { return true }
        guard now == referrer.held else {
            throw .stale(SavedPlan.Attached(referrer), of: image.claim, at: destination.place, isNow: now)
        }
        return false
    }

    /// Puts a signature under its tag, once in a pass.
    private func put(
        _ document: ManifestDocument, as tag: Tag, _ referrer: ObservedReferrer, _ image: ObservedImage,
        _ destination: any Backend, _ moved: inout Moved
    ) async throws(RegistryError) {
        let repository = image.claim.destinationRepository
        moved.bytes += try await once(
            habits.writes, "\(destination.place)/\(repository):\(tag)@\(document.digest)"
        ) {
            () async throws(RegistryError) in
            if try await isThere(referrer, tag, image, destination) { return (true, 0) }
            try await destination.put(document, as: .tag(tag), in: repository)
            return (true, Int64(document.bytes.count))
        }.bytes
    }

    /// Puts a referrer by its digest, once in a pass; true where the registry lists it by itself.
    ///
    /// Where a registry refuses it while its subject is not there, the image's manifest is put by its digest first;
    /// that a registry wants it so is found out once.
    private func put(
        _ document: ManifestDocument, about subject: Digest, _ image: ObservedImage,
        _ destination: any Backend,
        _ moved: inout Moved
    ) async throws(RegistryError) -> Bool {
        guard let place = destination.asReferrers else {
            _ = try await putOnce(document, image, destination, &moved) { () async throws(RegistryError) in
                try await destination.put(
                    document, as: .digest(document.digest), in: image.claim.destinationRepository)
                return false
            }
            return false
        }
        let repository = image.claim.destinationRepository
        let top = image.content.last?.document
        if let top, await habits.learned.wantsSubjectFirst(place.place) {
            try await putSubject(top, image, destination, &moved)
        }
        let put = { @Sendable () async throws(RegistryError) -> Bool in
            try await place.putReferrer(document, in: repository)
        }
        let isNoted: Bool
        do throws(RegistryError) {
            isNoted = try await putOnce(document, image, destination, &moved, put)
        } catch let error where top?.digest == subject && error.mayLackSubject {
            guard let top else { throw error }
            try await putSubject(top, image, destination, &moved)
            isNoted = try await putOnce(document, image, destination, &moved, put)
            await habits.learned.sawRefusal(at: place.place)
        }
        guard isNoted else { return false }
        // Some registries say that they have taken note, and have no list.
        return try await observer.book.listing(of: subject, in: repository, at: destination, .destination)
            != nil
    }

    /// Puts an image's manifest by its digest, so that what is about it is taken.
    private func putSubject(
        _ top: ManifestDocument, _ image: ObservedImage, _ destination: any Backend, _ moved: inout Moved
    ) async throws(RegistryError) {
        let repository = image.claim.destinationRepository
        moved.bytes += try await once(habits.subjects, "\(destination.place)/\(repository)@\(top.digest)") {
            () async throws(RegistryError) in
            try await destination.put(top, as: .digest(top.digest), in: repository)
            return (true, Int64(top.bytes.count))
        }.bytes
    }

    private func putOnce(
        _ document: ManifestDocument, _ image: ObservedImage, _ destination: any Backend,
        _ moved: inout Moved,
        _ put: @escaping @Sendable () async throws(RegistryError) -> Bool
    ) async throws(RegistryError) -> Bool {
        let name = "\(destination.place)/\(image.claim.destinationRepository)@\(document.digest)"
        let (value, bytes) = try await once(habits.puts, name) { () async throws(RegistryError) in
            (try await put(), Int64(document.bytes.count))
        }
        moved.bytes += bytes
        return value
    }

    /// Adds to the list under a manifest's tag.
    private func list(
        _ entries: [ReferrerEntry], of subject: Digest, _ image: ObservedImage, _ destination: any Backend,
        _ moved: inout Moved
    ) async throws(RegistryError) {
        let repository = image.claim.destinationRepository
        let name = "\(destination.place)/\(repository)@\(subject)"
        let keeper = ReferrerListKeeper(destination: destination, repository: repository, pause: pause)
        let source = image.referrerLists.first { $0.subject == subject }?.source
        let digests = entries.map(\.descriptor.digest.description).sorted().joined(separator: " ")
        moved.bytes += try await once(habits.writes, "\(name) \(digests)") { () async throws(RegistryError) in
            let turn = await habits.turns.turn(at: name)
            let written: Result<Int64, RegistryError>
            do {
                written = try await turn.holding { () async throws -> Result<Int64, RegistryError> in
                    do throws(RegistryError) {
                        return .success(try await keeper.keep(entries, of: subject, from: source))
                    } catch { return .failure(error) }
                }
            } catch {
                throw RegistryError(
                    .cancelled, at: destination.place, while: "update the list of referrers", name)
            }
            return (true, try written.get())
        }.bytes
    }

    /// Does something once in a pass; who only waited for it has moved nothing.
    private func once<Value: Sendable>(
        _ memo: Memo<String, Value>, _ name: String,
        _ work: @escaping @Sendable () async throws(RegistryError) -> (Value, Int64)
    ) async throws(RegistryError) -> (value: Value, bytes: Int64) {
        let moved = ByteTally()
        let value = try await memo.value(for: name) { () async throws(RegistryError) in
            let (value, bytes) = try await work()
            await moved.add(bytes)
            return value
        }
        return (value, await moved.bytes)
    }
}

/// The bytes that a piece of work moved.
private actor ByteTally {
    private(set) var bytes: Int64 = 0
    func add(_ more: Int64) { bytes += more }
}

extension RegistryError {
    /// A refusal that may mean that a referrer's subject is not there yet; registries say it in many ways.
    fileprivate var mayLackSubject: Bool {
        switch kind {
        case .contentMissing, .notFound, .refused: side != .source
        default: false
        }
    }
}

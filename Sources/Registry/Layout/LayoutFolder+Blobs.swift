import HTTP
import OCI

/// A blob of an image layout, to be read where it is wanted.
public struct LayoutBlob: Sendable {
    let layout: LayoutFolder
    let digest: Digest
    let repository: RepositoryName

    /// What reading it is, for messages.
    var purpose: LayoutFolder.Purpose {
        LayoutFolder.Purpose(action: "read blob", subject: "\(repository)@\(digest)")
    }

    /// Opens it, of the size that is expected.
    func open(size: Int64) async throws(RegistryError) -> DiskFile {
        let (root, repository, digest) = (layout.root, repository, digest)
        do throws(RegistryError) {
            return try await layout.perform(purpose) { () throws(DiskError) in
                guard let file = try LayoutRepository.open(repository, below: root)?.file(of: digest) else {
                    throw DiskError(.missing, "\(root)/\(repository) lacks it")
                }
                let held = try file.facts().size
                guard held == size else {
                    throw DiskError(.wrongBytes, "\(file.path) has \(held) bytes, not \(size)")
                }
                return file
            }
        } catch { throw error.on(.source) }
    }

    /// All its bytes, checked: for small ones.
    func bytes(size: Int64) async throws(RegistryError) -> [UInt8] {
        let file = try await open(size: size)
        let bytes = try await layout.perform(purpose) { () throws(DiskError) in
            try file.readAll(atMost: Int(clamping: size))
        }
        let sum = Digest(hashing: bytes, by: digest.algorithm)
        guard sum == digest else {
            throw layout.failure(DiskError(.wrongBytes, "\(file.path) hashes to \(sum)"), purpose).on(.source)
        }
        return bytes
    }
}

extension LayoutFolder {
    /// Whether a repository holds a blob.
    public func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        try await perform(blobPurpose("look for blob", digest, repository)) { [root] () throws(DiskError) in
            try LayoutRepository.open(repository, below: root)?.size(of: digest) != nil
        }
    }

    /// Whether a repository holds a blob of its size.
    public func hasWhole(_ blob: Descriptor, in repository: RepositoryName) async throws(RegistryError)
        -> Bool
    {
        try await perform(blobPurpose("look for blob", blob.digest, repository)) {
            [root] () throws(DiskError) in
            try LayoutRepository.open(repository, below: root)?.size(of: blob.digest) == blob.size
        }
    }

    /// A blob of this folder, to be read by another place.
    public func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody {
        .file(LayoutBlob(layout: self, digest: digest, repository: repository))
    }

    private func blobPurpose(_ action: String, _ digest: Digest, _ repository: RepositoryName) -> Purpose {
        Purpose(action: action, subject: "\(repository)@\(digest)")
    }

    /// Stores a blob: nothing is done where it is there; a neighbour's is linked; else its bytes are brought, hashed
    /// on the way, made to last, and only then given their name.
    ///
    /// Between repositories of one root a link is as good as a copy: the same writers keep both. Another root may
    /// be anybody's, who may change its files in place: from there bytes are copied and hashed.
    public func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        let purpose = blobPurpose("store blob", blob.digest, repository)
        try await sweepOnce(repository, purpose)
        let arrival = try await perform(purpose) { [root, settings] () throws(DiskError) -> BlobArrival? in
            let layout = try LayoutRepository.make(repository, below: root)
            if try layout.size(of: blob.digest) == blob.size { return .held }
            guard let neighbour, let other = try LayoutRepository.open(neighbour, below: root) else {
                return nil
            }
            return try layout.link(blob, from: other, settings) ? .mounted : nil
        }
        if let arrival { return arrival }
        if let neighbour, try await copy(blob, from: neighbour, to: repository, purpose) { return .mounted }
        try await bring(blob, from: body, to: repository, purpose)
        return .uploaded
    }

    /// Where the file system makes no link, the neighbour's bytes are still the nearest; false where they are not
    /// there or not right, so that they are brought from where they come from.
    private func copy(
        _ blob: Descriptor, from neighbour: RepositoryName, to repository: RepositoryName, _ purpose: Purpose
    ) async throws(RegistryError) -> Bool {
        do throws(RegistryError) {
            try await bring(blob, from: self.blob(blob.digest, in: neighbour), to: repository, purpose)
            return true
        } catch {
            guard [.wrongBytes, .notFound, .refused].contains(error.kind) else { throw error }
            return false
        }
    }

    private func bring(
        _ blob: Descriptor, from body: BlobBody, to repository: RepositoryName, _ purpose: Purpose
    )
        async throws(RegistryError)
    {
        let draft = try await perform(purpose) { [root] () throws(DiskError) in
            try Draft(in: try LayoutRepository.make(repository, below: root).ownFolder())
        }
        do throws(RegistryError) {
            let sink = BlobSink(
                descriptor: draft.file.descriptor, size: blob.size, checksum: Checksum(of: blob.digest),
                traffic: settings.traffic)
            try await pass(.blobBegun, purpose)
            try await fill(sink, with: blob, from: body, purpose)
            try await perform(purpose) { [root, settings] () throws(DiskError) in
                try settings.passing(.blobWritten)
                try draft.file.sync()
                try settings.passing(.blobSynced)
                let layout = try LayoutRepository.make(repository, below: root)
                try draft.place(in: try layout.madeBlobFolder(blob.digest), as: blob.digest.hex)
            }
        } catch {
            draft.discard()
            throw error
        }
        try await pass(.blobPlaced, purpose)
    }

    private func pass(_ point: WritePoint, _ purpose: Purpose) async throws(RegistryError) {
        do throws(DiskError) { try settings.passing(point) } catch { throw failure(error, purpose) }
    }

    private func fill(_ sink: BlobSink, with blob: Descriptor, from body: BlobBody, _ purpose: Purpose)
        async throws(RegistryError)
    {
        switch body {
        case .remote(let client, let repository):
            do throws(RegistryError) { return try await client.fetch(blob, in: repository, into: sink) } catch
            {
                guard let code = sink.refusal else { throw error }
                throw failure(.system("the new blob", code), purpose)
            }
        case .file(let other):
            let file = try await other.open(size: blob.size)
            while sink.received < sink.size {
                let piece = try await other.layout.perform(other.purpose) { () throws(DiskError) in
                    try file.read(from: sink.received, atMost: 1 << 20)
                }
                guard !piece.isEmpty else { break }
                try await take(piece, sink, purpose)
            }
        case .bytes(let bytes): try await take(bytes, sink, purpose)
        case .whole(let read):
            let bytes: [UInt8]
            do throws(RegistryError) { bytes = try await read() } catch { throw error.on(.source) }
            try await take(bytes, sink, purpose)
        }
        do throws(BlobFault) { try sink.finish() } catch { throw failure(DiskError(error), purpose) }
    }

    private func take(_ bytes: [UInt8], _ sink: BlobSink, _ purpose: Purpose) async throws(RegistryError) {
        try await perform(purpose) { () throws(DiskError) in
            do throws(BlobFault) { try sink.take(bytes) } catch { throw DiskError(error) }
        }
    }
}

extension LayoutRepository {
    /// Gives a neighbour's blob a second name here; false where it has none, or the file system makes no such link.
    fileprivate func link(
        _ blob: Descriptor, from other: LayoutRepository, _ settings: LayoutFolder.Settings
    ) throws(DiskError) -> Bool {
        guard try other.size(of: blob.digest) == blob.size,
            let from = try other.folder.folder(Self.blobsName)?.folder(blob.digest.algorithm.rawValue)
        else { return false }
        let target = try madeBlobFolder(blob.digest)
        // One of another size is in the way: it is damaged.
        if try target.facts(blob.digest.hex) != nil { try target.remove(blob.digest.hex) }
        guard settings.linking(blob.digest) == 0, from.link(blob.digest.hex, to: target) == 0 else {
            return false
        }
        try settings.passing(.blobLinked)
        return true
    }
}

extension DiskError {
    /// What a file that did not become a blob means.
    fileprivate init(_ fault: BlobFault) {
        switch fault {
        case .truncated(let detail), .wrongBytes(let detail): self.init(.wrongBytes, detail)
        case .storage(let code): self = .system("the new blob", code)
        }
    }
}

extension Digest {
    /// Whether a file's bytes are those of the digest; read in pieces.
    func fits(_ file: DiskFile) throws(DiskError) -> Bool {
        let size = try file.facts().size
        let hash = RunningHash(Checksum(of: self).function)
        var place: Int64 = 0
        while place < size {
            let piece = try file.read(from: place, atMost: 1 << 20)
            guard !piece.isEmpty else { break }
            hash.add(piece)
            place += Int64(piece.count)
        }
        return hash.finish() == hex
    }
}

extension Checksum {
    /// What content of a digest hashes to.
    init(of digest: Digest) { self.init(digest.algorithm == .sha256 ? .sha256 : .sha512, hex: digest.hex) }
}

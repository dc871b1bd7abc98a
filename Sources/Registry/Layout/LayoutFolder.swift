import Glibc
import HTTP
import OCI

/// A folder of OCI image layouts, one for each repository (image-spec, image-layout.md): a place that needs no
/// registry, and that other tools read and write.
///
/// Writers that know of each other lose nothing: index.json is read again and changed under a lock. Bytes are made to
/// last before the index that names them, and everything is written beside its place and then moved there, so that
/// an end at any moment leaves the old or the new.
public final class LayoutFolder: SizingBackend {
    /// `layout:` and the folder.
    public let place: String
    let root: LayoutRoot
    let settings: Settings
    let disk: Disk
    let turns = LayoutTurns()
    let memo = IndexMemo()

    /// How a folder is worked on. Every default is the manual's.
    public struct Settings: Sendable {
        /// Files read or written at once.
        public var concurrency = 16
        /// How often an index that makes no sense is read again: another tool may be writing it.
        public var rereads = 6
        /// How long a lock that another program holds is waited for, in all.
        public var lockPatience = Duration.seconds(60)
        /// Who is told of the bytes of blobs that are written.
        public var traffic: Traffic?
        /// The largest index that is read or written: what others could not be sure to read is not written.
        var largestIndex = 16 << 20
        /// How waits are spent.
        public var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        /// The time of the clock that files are stamped by, in nanoseconds.
        var now: @Sendable () -> Int64 = { IndexMemo.now }
        /// Called at each moment of writing: tests end the program there, or let the disk fail.
        var passing: @Sendable (WritePoint) throws(DiskError) -> Void = { _ in }

        /// Makes files and folders last: tests look on.
        var lasting: Lasting = { fsync($0) }
        /// Called with the size of each index whose text is read into entries. For tests.
        var decoding: @Sendable (Int) -> Void = { _ in }
        /// Called before a link is made: a code that it gives is the system's refusal. For tests.
        var linking: @Sendable (Digest) -> Int32 = { _ in 0 }

        /// The defaults.
        public init() {}
    }

    /// - Parameter root: the absolute path of the folder, without links; it is made with its first image, if the
    ///   folder that it stands in is there.
    public init(root: String, settings: Settings = Settings()) {
        self.root = LayoutRoot(path: root, lasting: settings.lasting)
        self.settings = settings
        place = "layout:" + root
        disk = Disk(limit: settings.concurrency)
    }

    /// What is done, for messages.
    struct Purpose: Sendable {
        var action: String
        var subject: String
    }

    /// Does something with files, and tells what went wrong as what was wanted of it.
    func perform<Value: Sendable>(
        _ purpose: Purpose, _ work: @escaping @Sendable () throws(DiskError) -> Value
    ) async throws(RegistryError) -> Value {
        do { return try await disk.run(work) } catch let error as DiskError {
            throw failure(error, purpose)
        } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }

    func failure(_ error: DiskError, _ purpose: Purpose) -> RegistryError {
        let kind: RegistryError.Kind =
            switch error.kind {
            case .storage: .storage
            case .foreign: .refused
            case .missing: .notFound
            case .malformed: .malformed
            case .wrongBytes: .wrongBytes
            case .contentMissing: .contentMissing
            case .tooLarge: .tooLarge
            case .busy: .unavailable
            }
        return RegistryError(
            kind, at: place, while: purpose.action, purpose.subject,
            detail: error.detail.printable(atMost: 500))
    }

    func pause(_ time: Duration, _ purpose: Purpose) async throws(RegistryError) {
        do { try await settings.pause(time) } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }
}

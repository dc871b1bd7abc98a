import Desired
import OCI

/// A plan that was written down, checked and ready to be applied: what each image was is known, and its recording is
/// read again when its turn comes.
public struct SavedPlan: Sendable {
    /// What it was made for.
    public let header: Header
    /// What it says beside its images.
    public let summary: Summary
    /// Its images, in the order of the fold.
    public let images: [Image]
    let source: Source

    /// Hands out the bytes of a plan: so many from an offset, fewer at its end.
    public typealias Source = @Sendable (_ offset: Int64, _ count: Int) throws(SavedPlanError) -> [UInt8]

    /// What is kept in memory of one image.
    public struct Image: Sendable {
        /// What is wanted.
        public var claim: Claim
        /// What is to happen.
        public var verdict: Verdict
        /// `host/repository:tag` at the destination.
        public var destinationName: String
        /// The digest that its tag stood for at the source, which is copied.
        public var source: Digest?
        /// What its tag stood for at the destination.
        public var destination: Sight
        /// The digest that the destination is to have.
        public var wanted: Digest?
        /// The same by SHA-256, as a registry may call it.
        public var alias: Digest?
        /// What hangs on it and is to be written.
        public var attached: [Attached]
        /// The source's lists under tags that the plan takes entries from, by what they are about.
        public var lists: [Digest: Digest] = [:]
        /// What things hang on that nothing in the plan leads to: only the destination can say that it is the image's.
        public var unled: [Digest] = []
        /// The image's own manifests and those that they name, where there is something that is not led to.
        public var parts: Set<Digest> = []
        /// Blobs that the destination had lost, of the image and of what hangs on it.
        public var lostBlobs: [Descriptor] = []
        /// Manifests that it had lost.
        public var lostManifests: [Digest] = []
        let line: Place

        /// Its own manifest stands in the plan.
        public var isRecorded: Bool { alias != nil }

        /// True of a digest that the destination may have once the image is there.
        public func isWanted(_ digest: Digest?) -> Bool {
            digest != nil && (digest == wanted || digest == alias)
        }
    }

    /// Where a line stands in the plan, and what it hashes to.
    struct Place: Sendable {
        var number: Int
        var offset: Int64
        var count: Int
        var digest: Digest
    }

    /// Reads the recording of an image again; a plan that was changed since it was checked is refused.
    public func record(of image: Image) throws(SavedPlanError) -> Record {
        let bytes = try source(image.line.offset, image.line.count)
        guard bytes.count == image.line.count, Digest(hashing: bytes) == image.line.digest else {
            throw .damaged(line: image.line.number, "it changed while it was applied")
        }
        guard let record = try SavedPlanReader.line(bytes, number: image.line.number).image else {
            throw .damaged(line: image.line.number, "it is no image")
        }
        return record
    }
}

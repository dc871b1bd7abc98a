import Desired
import OCI

/// How a saved plan is written: one JSON value a line, so that one of 10,000 images is written and read without being
/// held. First a header, then the images in the order of the fold, then a summary, and last the digest of it all.
extension SavedPlan {
    /// The version of this form; it changes when a reader would have to.
    public static let version = 1

    /// What a plan was made for.
    public struct Header: Sendable, Hashable, Codable {
        /// The version of the form.
        public var version = SavedPlan.version
        /// The version of the davit that made it, for people.
        public var davit: String
        /// The fingerprint of the rules that it was made for.
        public var rules: Digest
        /// The rules that were chosen of those that there are; `nil`: all.
        public var chosen: [String]?
        /// The part of the work that it is; `nil`: all of it.
        public var shard: Shard?
        /// When it was made, in RFC 3339.
        public var made: String

        /// Says what a plan is made for.
        public init(davit: String, rules: Digest, chosen: [String]?, shard: Shard? = nil, made: String) {
            self.shard = shard
            self.davit = davit
            self.rules = rules
            self.chosen = chosen
            self.made = made
        }
    }

    /// One image: what looking found, and what the fold made of it.
    public struct Record: Sendable, Hashable, Codable {
        /// What looking found, with every question answered.
        public var look: ObservedImage
        /// What is to be done, why, and what it costs a pass that looks anew.
        public var plan: PlannedImage

        /// Records an image.
        public init(look: ObservedImage, plan: PlannedImage) {
            self.look = look
            self.plan = plan
            self.look.questions = 0
            self.look.asked = []
        }
    }

    /// What a plan says beside its images.
    public struct Summary: Sendable, Hashable, Codable {
        /// How many images there are.
        public var images: Int
        /// Why rules or repositories could not be looked at, one line each.
        public var faults: [String]
        /// What should be known beside the images, one line each.
        public var warnings: [String]

        /// Sums up a plan.
        public init(images: Int, faults: [String], warnings: [String]) {
            self.images = images
            self.faults = faults
            self.warnings = warnings
        }
    }

    /// One line: the one thing of these that it holds.
    struct Line: Codable {
        var davitPlan: Header?
        var image: Record?
        var summary: Summary?
        var digest: Digest?

        /// It holds one thing, as it should.
        var isOne: Bool {
            [davitPlan != nil, image != nil, summary != nil, digest != nil].count(where: \.self) == 1
        }
    }

    /// The digest of all lines so far: that of the digest before it and the line. Of nothing it is that of no bytes.
    struct Chain {
        private(set) var digest = Digest(hashing: [])

        mutating func add(_ line: [UInt8]) {
            digest = Digest(hashing: Array(digest.description.utf8) + line)
        }
    }
}

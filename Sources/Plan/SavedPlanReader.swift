import Desired
import FoundationEssentials
import OCI

/// Reads a plan from its first byte to its last, and checks everything that can be checked without a registry.
public struct SavedPlanReader {
    /// How large a plan may be.
    enum Bound {
        static let images = 500_000
        static let piece = 1 << 20
    }

    private let state: DesiredState
    private let hosts: [String: String]
    private let shard: Shard?
    private let source: SavedPlan.Source
    private var chain = SavedPlan.Chain()
    private var number = 0
    private var header: SavedPlan.Header?
    private var summary: SavedPlan.Summary?
    private var isWhole = false
    private var images: [SavedPlan.Image] = []
    private var ledger = PlanLedger()
    private var rules: [String: Replication] = [:]
    /// Rules with the images that their lists hold now, where these stand outside of the manifests.
    public var listed: [Replication] = []
    /// How long a line may be: an image's manifests are 64 MiB at most, which are a third more in base64.
    var longestLine = 128 << 20

    /// - Parameters:
    ///   - state: what the manifests say now.
    ///   - hosts: where the names of registries lead to.
    ///   - shard: the part of the work that is wanted; a plan for another one is refused.
    ///   - source: the plan's bytes.
    public init(
        _ state: DesiredState, hosts: [String: String], shard: Shard? = nil,
        source: @escaping SavedPlan.Source
    ) {
        self.shard = shard
        self.state = state
        self.hosts = hosts
        self.source = source
    }

    /// The plan, and the rules that it is for.
    public mutating func read() throws(SavedPlanError) -> (plan: SavedPlan, state: DesiredState) {
        var chosen = state
        try eachLine { (reader, bytes, offset) throws(SavedPlanError) in
            try reader.take(bytes, at: offset, &chosen)
        }
        guard let header else { throw .noPlan }
        guard isWhole, let summary else { throw .truncated }
        guard summary.images == images.count else {
            throw .damaged(
                line: number - 1, "it counts \(summary.images) images, and there are \(images.count)")
        }
        var admitting = chosen
        admitting.rules = chosen.rules.map { rule in listed.first { $0.name == rule.name } ?? rule }
        try Admission(admitting).check(images)
        return (SavedPlan(header: header, summary: summary, images: images, source: source), chosen)
    }

    /// Reads one line, or says that it is none of a plan's.
    static func line(_ bytes: [UInt8], number: Int) throws(SavedPlanError) -> SavedPlan.Line {
        do { return try JSONDecoder().decode(SavedPlan.Line.self, from: Data(bytes)) } catch {
            guard number > 1 else { throw .noPlan }
            throw .damaged(line: number, reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.dataCorrupted(let context): context.debugDescription
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a wrong type"
        default: "\(error)"
        }
    }

    // MARK: - Lines

    private mutating func eachLine(
        _ take: (inout SavedPlanReader, [UInt8], Int64) throws(SavedPlanError) -> Void
    ) throws(SavedPlanError) {
        var (line, begin, offset): ([UInt8], Int64, Int64) = ([], 0, 0)
        while true {
            let piece = try source(offset, Bound.piece)
            offset += Int64(piece.count)
            var rest = piece[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[...end]
                rest = rest[(end + 1)...]
                try take(&self, line, begin)
                begin += Int64(line.count)
                line.removeAll(keepingCapacity: line.count < Bound.piece)
            }
            line += rest
            guard line.count <= longestLine else {
                throw .tooLarge("a line of more than \(longestLine) bytes")
            }
            // What is no plan is not read to its end.
            guard !piece.isEmpty else { break }
            guard header != nil || line.count <= Bound.piece else { throw .noPlan }
        }
        guard line.isEmpty else { throw header == nil ? .noPlan : .truncated }
    }

    private mutating func take(_ bytes: [UInt8], at offset: Int64, _ chosen: inout DesiredState)
        throws(SavedPlanError)
    {
        number += 1
        guard !isWhole else { throw .damaged(line: number, "something stands behind the end") }
        let line = try Self.line(bytes, number: number)
        guard line.isOne else {
            throw number == 1 ? .noPlan : .damaged(line: number, "it holds nothing that may stand there")
        }
        guard header != nil else {
            header = try begin(line.davitPlan, &chosen)
            return chain.add(bytes)
        }
        if let record = line.image, summary == nil {
            guard images.count < Bound.images else { throw .tooLarge("more than \(Bound.images) images") }
            let place = SavedPlan.Place(
                number: number, offset: offset, count: bytes.count, digest: Digest(hashing: bytes))
            images.append(try image(record, place))
        } else if let summary = line.summary, self.summary == nil {
            self.summary = summary
        } else if let digest = line.digest, summary != nil {
            guard digest == chain.digest else {
                throw .damaged(line: number, "the lines before it were changed")
            }
            isWhole = true
        } else {
            throw .damaged(line: number, "it holds nothing that may stand there")
        }
        chain.add(bytes)
    }

    private mutating func begin(_ header: SavedPlan.Header?, _ chosen: inout DesiredState)
        throws(SavedPlanError) -> SavedPlan.Header
    {
        guard let header else { throw .noPlan }
        guard header.version == SavedPlan.version else { throw .version(header.version) }
        if let names = header.chosen {
            let known = Set(chosen.rules.map(\.name))
            if let unknown = names.first(where: { !known.contains($0) }) { throw .noSuchRule(unknown) }
            chosen.rules.removeAll { !names.contains($0.name) }
        }
        guard chosen.fingerprint == header.rules else { throw .rules(made: header.made, by: header.davit) }
        guard header.shard == shard else { throw .shard(header.shard, asked: shard) }
        rules = Dictionary(chosen.rules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return header
    }

    // MARK: - Images

    /// Checks that an image's plan is what its look leads to, and that the look is one of a piece.
    private mutating func image(_ record: SavedPlan.Record, _ place: SavedPlan.Place) throws(SavedPlanError)
        -> SavedPlan.Image
    {
        let look = record.look
        guard shard?.owns(look.claim.destinationRepository) ?? true else {
            throw .foreign(line: place.number, "\(look.destinationName) is another shard's")
        }
        for (name, host) in [
            (look.claim.sourceRegistry, look.sourcePlace),
            (look.claim.destinationRegistry, look.destinationPlace),
        ] where hosts[name] != host {
            throw .foreign(line: place.number, "no rule's registry '\(name)' is at \(host)")
        }
        let acknowledged = rules[look.claim.rule]?.acknowledge ?? []
        let planned = Planner.plan(look, ledger: &ledger, acknowledged: acknowledged)
        guard planned.isLike(record.plan) else {
            throw .damaged(line: place.number, "its steps are not what its look leads to")
        }
        if planned.verdict.isChange, let fault = look.misfit {
            throw .damaged(line: place.number, fault)
        }
        var image = SavedPlan.Image(
            claim: look.claim, verdict: planned.verdict, destinationName: look.destinationName,
            source: look.source.digest, destination: look.destination, wanted: look.wanted,
            alias: look.content.last.map { Digest(hashing: $0.document.bytes) }, attached: [],
            line: place)
        image.note(attachedTo: look)
        image.note(lostOf: look)
        return image
    }
}

extension PlannedImage {
    /// True of the same verdict and the same steps, whatever the words and the costs.
    func isLike(_ other: PlannedImage) -> Bool {
        func bare(_ step: Step) -> Step {
            var step = step
            step.reason = ""
            return step
        }
        return verdict == other.verdict && wanted == other.wanted && held == other.held
            && source == other.source && destination == other.destination
            && steps.map(bare) == other.steps.map(bare)
    }
}

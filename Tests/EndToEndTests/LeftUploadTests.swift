import Foundation
import Lab
import State
import Testing

/// Ends in the middle of large uploads, at places that a seed chooses.
///
/// `DAVIT_LEFT_POINTS` says how many places are tried; the nightly run tries fifty.
@Suite("kill -9 within large blobs", .serialized, .timeLimit(.minutes(8))) struct LeftUploadTests {
    private static let points: Int = {
        let asked = ProcessInfo.processInfo.environment["DAVIT_LEFT_POINTS"].flatMap { Int($0) }
        return max(1, asked ?? 15)
    }()

    private let shape = Shape {
        $0.tags = 2
        $0.layerSizes = [9 << 20, 9 << 20]
    }

    /// How a round goes on after the kill.
    private enum Way: Int, CaseIterable {
        /// The pass is run again.
        case again
        /// It sends in pieces, is killed between two of them, and is run again.
        case pieces
        /// Somebody else has brought the images meanwhile, so that nobody goes on with what was left.
        case needless
    }

    @Test("what was written down is gone on with, ended, or lost by the registry's own word")
    func leavesNothing() async throws {
        let crossing = try Crossing(shape)
        var random = Random(seed: 4)
        var (known, done) = (Set<String>(), 0)
        for round in 1...Self.points {
            let way = Way.allCases[round % Way.allCases.count]
            let davit = try davit(round, way, crossing)
            let place = Int.random(in: 0..<9 << 20, using: &random)
            let upload = Int.random(in: 1...(way == .pieces ? 8 : 4), using: &random)
            try await kill(davit, crossing, inUpload: upload, after: way == .pieces ? nil : place)
            let left = try await journal(davit, crossing)
            known.formUnion(left)
            done += left.isEmpty ? 0 : 1
            if way == .needless { try bring(to: "round-\(round)/r001", crossing) }
            let pass = try await davit("reconcile")
            #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
            #expect(try await journal(davit, crossing) == [])
            #expect(try await crossing.differences(in: "lab/r001", at: "round-\(round)/r001") == [])
        }
        #expect(done >= Self.points / 2)
        let fates = Fates(crossing.to.records)
        let open = Set(try crossing.destination.openUploads())
        for upload in known.sorted() {
            let fate = fates.of(upload)
            // Of an upload that broke in mid-body, docker-registry says that there is none: so it can't be ended.
            #expect(fate != nil && (fate == .lost || !open.contains(upload)), "\(upload)")
        }
        let all = known.compactMap(fates.of)
        tell(all)
        #expect(Self.points < 15 || Set(all).isSuperset(of: [.resumed, .cancelled, .lost]))
        #expect(try crossing.destination.wrongBytes() == [])
    }

    private func davit(_ round: Int, _ way: Way, _ crossing: Crossing) throws -> Davit {
        let davit = try Davit()
        let rule = Rule {
            $0.images = [Rule.all("lab/r001")]
            $0.destination = "repository: \"round-\(round)/{name}\""
        }
        let pieces = Rule.registry("to", crossing.to.host, ", chunkSize: 5MiB")
        try davit.write(
            way == .pieces
                ? rule.yaml(from: crossing.from.host, to: "to") + pieces
                : rule.yaml(from: crossing.from.host, to: crossing.to.host))
        return davit
    }

    /// Brings the images without davit.
    private func bring(to repository: String, _ crossing: Crossing) throws {
        let seeder = Seeder(crossing.destinationDoor.endpoint)
        for image in try ImageMaker(shape).images() {
            try seeder.push(
                MadeImage(
                    repository: repository, tag: image.tag, blobs: image.blobs, manifests: image.manifests))
        }
    }

    /// Ends a pass in the middle of one of its large uploads, or, without a place, before a byte of it is sent, while
    /// the others go on.
    private func kill(_ davit: Davit, _ crossing: Crossing, inUpload number: Int, after place: Int?)
        async throws
    {
        let (seen, running) = (Guarded(0), Guarded<RunningProgram?>(nil))
        crossing.to.setHook { request in
            let isLarge =
                request.route.kind == .upload
                && request.headers["Content-Length"].flatMap { Int($0) } ?? 0 > 3 << 20
            guard isLarge,
                seen.with({
                    $0 += 1; return $0 == number
                })
            else { return .pass }
            if let place { return .request(.stall(after: place, seconds: 60)) }
            running.with { $0?.signal(SIGKILL) }
            return .request(.reset(after: 0))
        }
        defer { crossing.to.setHook { _ in .pass } }
        let program = try running.with { running in
            let program = try davit.start("reconcile")
            running = program
            return program
        }
        _ = try await offPool { eventually(within: 20) { seen.with { $0 } >= number } }
        program.signal(SIGKILL)
        #expect(try await program.end().status == 128 + SIGKILL)
    }

    /// The uploads that a pass had written down, as the registry's storage names them.
    private func journal(_ davit: Davit, _ crossing: Crossing) async throws -> Set<String> {
        let path = davit.file("home/.local/state/davit/state.db")
        guard let store = Store.open(path, .consult, tell: { _ in }) else { return [] }
        return Set(
            await store.uploads(at: crossing.to.host).map { upload in
                let path = upload.location.prefix { $0 != "?" }
                return "\(upload.repository)/\(path.split(separator: "/").last ?? "")"
            })
    }

    /// One line for whoever reads the run's figures.
    private func tell(_ fates: [Fates.Fate]) {
        let counts = Fates.Fate.allCases.map { fate in "\(fates.count { $0 == fate }) \(fate.rawValue)" }
        print("uploads left at \(Self.points) kills:", counts.joined(separator: ", "))
    }
}

/// What became of uploads, by what a proxy saw of them.
private struct Fates {
    enum Fate: String, CaseIterable { case resumed, finished, cancelled, lost }

    private let records: [String: [ProxyRecord]]

    init(_ records: [ProxyRecord]) {
        self.records = Dictionary(grouping: records.filter { $0.route.kind == .upload }) {
            "\($0.route.repository ?? "")/\($0.route.reference ?? "")"
        }
    }

    /// The end that one came to; `nil` where it has come to none.
    func of(_ upload: String) -> Fate? {
        let seen = records[upload] ?? []
        let isAsked = seen.contains { $0.method == "GET" && $0.status == 204 }
        if seen.contains(where: { $0.method == "PUT" && $0.status == 201 }) {
            return isAsked ? .resumed : .finished
        }
        if seen.contains(where: { $0.method == "DELETE" && $0.status == 204 }) { return .cancelled }
        return seen.contains { $0.status == 404 } ? .lost : nil
    }
}

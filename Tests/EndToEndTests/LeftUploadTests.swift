import Foundation
import Lab
import State
import Testing

@Suite("kill -9 within large blobs", .serialized, .timeLimit(.minutes(5))) struct LeftUploadTests {
    private let shape = Shape {
        $0.tags = 2
        $0.layerSizes = [9 << 20, 9 << 20]
    }

    @Test("what was written down is gone on with, ended, or lost by the registry's own word")
    func leavesNothing() async throws {
        let crossing = try Crossing(shape)
        var random = Random(seed: 4)
        var (known, done) = (Set<String>(), 0)
        for round in 1...10 {
            let davit = try Davit()
            let rule = Rule {
                $0.images = [Rule.all("lab/r001")]
                $0.destination = "repository: \"round-\(round)/{name}\""
            }
            try davit.write(rule.yaml(from: crossing.from.host, to: crossing.to.host))
            let place = Int.random(in: 0..<9 << 20, using: &random)
            try await kill(davit, crossing, inUpload: Int.random(in: 1...4, using: &random), after: place)
            let left = try await journal(davit, crossing)
            known.formUnion(left)
            done += left.isEmpty ? 0 : 1
            let pass = try await davit("reconcile")
            #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
            #expect(try await journal(davit, crossing) == [])
            #expect(try await crossing.differences(in: "lab/r001", at: "round-\(round)/r001") == [])
        }
        #expect(done >= 5)
        // Of an upload that broke in mid-body, docker-registry says that there is none: so it can't be ended.
        let lost = crossing.to.records.filter { $0.route.kind == .upload && $0.status == 404 }.map {
            "\($0.route.repository ?? "")/\($0.route.reference ?? "")"
        }
        let open = try crossing.destination.openUploads().filter(known.contains)
        #expect(open.filter { !lost.contains($0) } == [])
        #expect(try crossing.destination.wrongBytes() == [])
    }

    /// Ends a pass in the middle of one of its large uploads, while the others go on.
    private func kill(_ davit: Davit, _ crossing: Crossing, inUpload number: Int, after place: Int)
        async throws
    {
        let seen = Guarded(0)
        crossing.to.setHook { request in
            let isLarge =
                request.route.kind == .upload
                && request.headers["Content-Length"].flatMap { Int($0) } ?? 0 > 8 << 20
            guard isLarge,
                seen.with({
                    $0 += 1; return $0 == number
                })
            else { return .pass }
            return .request(.stall(after: place, seconds: 60))
        }
        defer { crossing.to.setHook { _ in .pass } }
        let running = try davit.start("reconcile")
        _ = try await offPool { eventually(within: 20) { seen.with { $0 } >= number } }
        running.signal(SIGKILL)
        #expect(try await running.end().status == 128 + SIGKILL)
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
}

import Desired
import Lab
import OCI
import Plan
import State
import Testing

@testable import Reconcile

@Suite("Pass, and the uploads that others left", .timeLimit(.minutes(1))) struct SweepTests {
    private let store: Store
    private let yard: WireYard
    private let image: MadeImage

    init() throws {
        store = try Store.inMemory()
        yard = try WireYard(store: store)
        image = try ImageMaker(Shape { $0.tags = 1 }).image()
        try yard.source.hold(image)
    }

    /// Uploads to a repository of the rule and to another's, by a process that is gone.
    private func leave() async throws {
        let client = RawClient(yard.destination.endpoint)
        for repository in [image.repository, "lab/other"] {
            let start = try client.send("POST", "/v2/\(repository)/blobs/uploads/")
            await store.remember(
                OpenUpload(
                    place: yard.destination.host, repository: try RepositoryName(repository),
                    digest: Digest(hashing: Array("left".utf8)), size: 9 << 20,
                    location: yard.destination.url + (try #require(start.headers["Location"])),
                    owner: "4194305.1.x.1"))
        }
    }

    private var left: [String] {
        get async { await store.uploads(at: yard.destination.host).map(\.repository.description) }
    }

    @Test("ends those in repositories that it writes to, and no other job's") func ends() async throws {
        try await leave()
        let report = try await yard.pass([image.repository]).reconcile()
        #expect(report.exitCode == 0)
        #expect(await left == ["lab/other"])
        #expect(yard.destination.requests.count { $0.method == "DELETE" } == 1)
    }

    @Test("so does one from a saved plan") func saved() async throws {
        let pass = try yard.pass([image.repository])
        let plan = try await plan(of: pass)
        try await leave()
        let report = await pass.apply(plan)
        #expect(report.exitCode == 0)
        #expect(await left == ["lab/other"])
    }

    @Test("so does one that repairs") func repairs() async throws {
        #expect(try await yard.pass([image.repository]).reconcile().exitCode == 0)
        yard.destination.lose(blob: image.blobs[0].digest, in: image.repository)
        try await leave()
        let report = try await yard.pass([image.repository]) { $0.deep = true }.reconcile()
        #expect(report.images.map(\.result) == [.repaired])
        #expect(await left == ["lab/other"])
    }

    private func plan(of pass: Pass) async throws -> SavedPlan {
        let state = DesiredState(registries: [:], rules: pass.rules)
        var writer = SavedPlanWriter()
        var records: [SavedPlan.Record] = []
        _ = await pass.diff { records.append($0) }
        let header = SavedPlan.Header(
            davit: "0.0.0", rules: state.fingerprint, chosen: nil, made: "2026-01-01T00:00:00Z")
        var lines = try writer.begin(header)
        for record in records { lines += try writer.add(record) }
        let bytes = try lines + writer.end(faults: [], warnings: [])
        var reader = SavedPlanReader(state, hosts: pass.places.hosts) { offset, count in
            let begin = min(Int(offset), bytes.count)
            return Array(bytes[begin..<min(begin + count, bytes.count)])
        }
        return try reader.read().plan
    }
}

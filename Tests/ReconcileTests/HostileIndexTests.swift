import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("TreeWalk, hostile indexes") struct HostileIndexTests {
    let yard = Yard()
    let app: RepositoryName

    init() throws { app = try RepositoryName("team/app") }

    /// An index that names children of a claimed size, none of which need exist.
    private func index(of count: Int, size: Int64) throws -> ManifestDocument {
        let parts = (0..<count).map { number in
            #"{"mediaType": "\#(MediaType.ociManifest)", "digest": "\#(Digest(hashing: Array("\(number)".utf8)))", "#
                + #""size": \#(size)}"#
        }
        let text = #"{"schemaVersion": 2, "mediaType": "\#(MediaType.ociIndex)", "manifests": ["#
        return try ManifestDocument(
            bytes: Array((text + parts.joined(separator: ", ") + "]}").utf8), contentType: nil)
    }

    private func reads(_ top: ManifestDocument) async throws -> (reason: String, count: Int) {
        await yard.source.store(top, as: .tag(try Tag("v1")), in: app)
        let plan = await yard.diff([try Yard.rule(["team/app": ["v1"]])])
        #expect(plan.images.map(\.verdict) == [.failed])
        return (plan.images[0].reason, await yard.source.calls.count { $0.kind == .manifest })
    }

    @Test("reads none of too many children")
    func tooMany() async throws {
        let (reason, count) = try await reads(index(of: 2001, size: 9))
        #expect(reason.contains("more than 8 levels or 2000 manifests"))
        #expect(count == 1)
    }

    @Test("reads none of children that are too large in all")
    func tooLarge() async throws {
        let (reason, count) = try await reads(index(of: 2, size: 65 << 20))
        #expect(reason.contains("larger than 64 MiB in all"))
        #expect(count == 1)
    }

    @Test("stops reading children that are larger than they claim to be")
    func lies() async throws {
        let padding = Array(repeating: UInt8(ascii: " "), count: 2 << 20)
        var documents: [ManifestDocument] = []
        for number in 0..<60 {
            let image = try SampleImage("config \(number)")
            let child = try ManifestDocument(bytes: image.top.bytes + padding, contentType: nil)
            await yard.source.store(child, as: .digest(child.digest), in: app)
            documents.append(child)
        }
        let parts = documents.map {
            #"{"mediaType": "\#($0.mediaType)", "digest": "\#($0.digest)", "size": 100}"#
        }
        let text = #"{"schemaVersion": 2, "mediaType": "\#(MediaType.ociIndex)", "manifests": ["#
        let top = try ManifestDocument(
            bytes: Array((text + parts.joined(separator: ", ") + "]}").utf8), contentType: nil)
        let (reason, count) = try await reads(top)
        #expect(reason.contains("larger than 64 MiB in all"))
        #expect(count < 50)
    }
}

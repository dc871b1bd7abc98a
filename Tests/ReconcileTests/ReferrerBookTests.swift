import Lab
import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("ReferrerBook", .timeLimit(.minutes(1))) struct ReferrerBookTests {
    private let registry: ScriptedRegistry
    private let image: MadeImage

    init() throws {
        registry = try ScriptedRegistry(RegistryKnobs { $0.hasReferrers = true })
        image = try ImageMaker().image()
    }

    private func book(_ most: Int) -> ReferrerBook {
        let places = Places([:])
        return ReferrerBook(
            places: places, lists: ListMemo(places), counter: LookCounter(),
            memory: ReferrerMemory(store: nil, now: { 0 }), most: most)
    }

    private func subject(_ number: Int) -> Digest { Digest(hashing: Array("\(number)".utf8)) }

    @Test("long lists do not stay in memory until the pass ends: those that came first are let go")
    func bounded() async throws {
        let referrer = image.referrer("text/plain", note: String(repeating: "x", count: 100 << 10))
        registry.setScript { request in
            request.route.kind == .referrers ? .json(200, #"{"manifests":[\#(referrer.entry)]}"#) : nil
        }
        let (client, book) = (try WireYard.client(registry.url), book(512 << 10))
        let repository = try RepositoryName("lab/r001")
        for number in 0..<20 {
            let entries = try await book.listing(of: subject(number), in: repository, at: client, .source)
            #expect(entries?.count == 1)
            #expect(await book.weight <= 512 << 10)
        }
        #expect(registry.requests.count == 20)
        // What is kept is not asked for again, what was let go is.
        _ = try await book.listing(of: subject(19), in: repository, at: client, .source)
        #expect(registry.requests.count == 20)
        let entries = try await book.listing(of: subject(0), in: repository, at: client, .source)
        #expect(registry.requests.count == 21 && entries?.count == 1)
    }

    @Test("nor do those that stand under tags") func boundedTags() async throws {
        let client = try WireYard.client(registry.url)
        let book = book(300 << 10)
        let referrer = image.referrer("text/plain", note: String(repeating: "x", count: 100 << 10))
        for number in 0..<6 {
            try registry.hold(
                MadeImage(
                    repository: image.repository, tag: MadeImage.tag(for: subject(number).description),
                    blobs: [], manifests: [MadeReferrer.list([referrer])]))
            let list = try await book.index(
                of: subject(number), in: RepositoryName(image.repository), at: client)
            #expect(list?.entries.count == 1)
            #expect(await book.weight <= 300 << 10)
        }
    }
}

import Lab
import OCI
import Registry
import Testing

@Suite("Refused manifests", .timeLimit(.minutes(3))) struct ManifestRefusalTests {
    private let name = RepositoryName.named

    private static let table: [(Int, String, String, RegistryError.Kind, RegistryError.Kind)] = [
        (404, "MANIFEST_UNKNOWN", "manifest unknown", .contentMissing, .contentMissing),
        (404, "BLOB_UNKNOWN", "blob unknown", .contentMissing, .contentMissing),
        (400, "MANIFEST_BLOB_UNKNOWN", "blob unknown", .contentMissing, .contentMissing),
        (404, "NAME_UNKNOWN", "no such project", .notFound, .notFound),
        (400, "TAG_INVALID", "The tag exists and cannot be overwritten", .immutable, .refused),
        (400, "TAG_INVALID", "the repository is immutable", .immutable, .refused),
        (400, "TAG_INVALID", "manifest tag did not match URI", .refused, .refused),
        (412, "PRECONDITION", "'a:v1' configured as immutable", .immutable, .refused),
        (412, "PRECONDITION", "too late", .refused, .refused),
    ]

    @Test("are told apart by code and words", arguments: table)
    func kinds(
        status: Int, code: String, words: String, byTag: RegistryError.Kind, byDigest: RegistryError.Kind
    ) async throws {
        let registry = try ScriptedRegistry { $0.method == "PUT" ? .error(status, code, words) : nil }
        let client = try ClientLab(registry.url).client
        let made = try #require(try ImageMaker().image("a", "v1").manifests.last)
        let document = try ManifestDocument(bytes: made.bytes, contentType: made.mediaType)
        for (reference, kind) in [(try Reference.tag("v1"), byTag), (.digest(document.digest), byDigest)] {
            let failure = await failure { try await client.put(document, as: reference, in: name("a")) }
            #expect(failure?.kind == kind)
        }
    }
}

import Desired
import OCI
import Testing

@testable import Plan

@Suite("Saved plan, with what hangs on images") struct SavedReferrerTests {
    private func about(_ subject: ManifestDocument, _ type: String = "text/note") throws -> ManifestDocument {
        let whom =
            #"{"mediaType": "\#(subject.mediaType)", "digest": "\#(subject.digest)", "size": \#(subject.bytes.count)}"#
        let config = #"{"mediaType": "a/b", "digest": "\#(Observed.digest("{}"))", "size": 2}"#
        let text =
            #"{"mediaType": "\#(MediaType.ociManifest)", "artifactType": "\#(type)", "config": \#(config), "#
            + #""layers": [], "subject": \#(whom)}"#
        return try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
    }

    private func list(_ documents: [ManifestDocument], _ more: String = "") throws -> ReferrerIndex {
        let entries = documents.map {
            #"{"mediaType": "\#($0.mediaType)", "digest": "\#($0.digest)", "size": \#($0.bytes.count)\#(more)}"#
        }
        return try ReferrerIndex(Array(#"{"manifests": [\#(entries.joined(separator: ","))]}"#.utf8))
    }

    /// An image with one referrer and the list that names it, changed; why it is refused.
    private func refusal(_ change: (inout ObservedImage, ManifestDocument) throws -> Void) throws -> String? {
        let policy = ReferrerPolicy(types: ["text/*"])
        var written = try Written.one { image in
            image.claim.referrers = policy
            let top = try #require(image.content.last?.document)
            let note = try about(top)
            image.referrers = [
                ObservedReferrer(
                    subject: top.digest, kind: .referrers, digest: note.digest,
                    entry: try list([note]).entries[0], content: [ObservedManifest(note)])
            ]
            image.referrerLists = [ObservedReferrerList(subject: top.digest, source: try list([note]))]
            try change(&image, top)
        }
        written.state.rules[0].referrers = policy
        written.header.rules = written.state.fingerprint
        return try written.refusal()?.description
    }

    @Test("what fits is taken")
    func fits() throws {
        #expect(try refusal { _, _ in } == nil)
        #expect(try refusal { image, _ in image.referrerLists = [] } == nil)
    }

    @Test("a referrer that says that it is about something else is refused")
    func otherSubject() throws {
        let stray = try Observed.image(["stray"])
        let said = try refusal { image, top in
            let note = try about(stray)
            image.referrers[0].digest = note.digest
            image.referrers[0].entry = try list([note]).entries[0]
            image.referrers[0].content = [ObservedManifest(note)]
            image.referrerLists = []
        }
        #expect(said?.contains("is not about") == true, "\(said ?? "it was taken")")
    }

    @Test("an entry for something else, and none, are refused")
    func otherEntry() throws {
        let stray = try Observed.image(["stray"])
        for entry in [try list([stray]).entries[0], nil] {
            let said = try refusal { image, _ in
                image.referrers[0].entry = entry
                image.referrerLists = []
            }
            #expect(said?.contains("is another's") == true, "\(said ?? "it was taken")")
        }
    }

    @Test("a kind that the rule does not take is refused")
    func otherKind() throws {
        let said = try refusal { image, top in
            let note = try about(top, "application/other")
            image.referrers[0].digest = note.digest
            image.referrers[0].entry = try list([note]).entries[0]
            image.referrers[0].content = [ObservedManifest(note)]
            image.referrerLists = []
        }
        #expect(said?.contains("its rule does not take") == true, "\(said ?? "it was taken")")
    }

    @Test("a signature under a tag stands in no list")
    func taggedEntry() throws {
        let said = try refusal { image, _ in
            image.referrers[0].kind = .signature
            image.referrerLists = []
        }
        #expect(said?.contains("stands in no list") == true, "\(said ?? "it was taken")")
    }

    @Test("a list that says more of an entry, that stands twice, or that is of nothing, is refused")
    func otherLists() throws {
        let stray = try Observed.image(["stray"])
        let changes: [(inout ObservedImage, ManifestDocument) throws -> Void] = [
            { image, top in
                let note = image.referrers[0].content[0].document
                image.referrerLists[0].source = try list([note], #", "annotations": {"a": "b"}"#)
            },
            { image, _ in image.referrerLists.append(image.referrerLists[0]) },
            { image, _ in image.referrerLists[0].subject = stray.digest },
        ]
        for change in changes {
            let said = try refusal(change)
            #expect(said?.contains("list") == true, "\(said ?? "it was taken")")
        }
    }
}

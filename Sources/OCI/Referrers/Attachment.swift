import FoundationEssentials

/// What a manifest says of what it hangs on and what it is (image-spec, manifest.md, "subject" and "artifactType").
public struct Attachment: Sendable, Hashable {
    /// The manifest that it is about.
    public var subject: Digest?
    /// What it says to be: its `artifactType`, else the type of its config.
    public var artifactType: String?

    init(subject: Digest?, artifactType: String?) {
        self.subject = subject
        self.artifactType = artifactType
    }

    /// Reads what a manifest says.
    public init(of document: ManifestDocument) {
        struct Written: Decodable {
            struct Part: Decodable { var mediaType: String? }
            struct Named: Decodable { var digest: Digest }
            var subject: Named?
            var artifactType: String?
            var config: Part?
        }
        let written = try? JSONDecoder().decode(Written.self, from: Data(document.bytes))
        subject = written?.subject?.digest
        let own = written?.artifactType.flatMap { $0.isEmpty ? nil : $0 }
        artifactType = own ?? written?.config?.mediaType
    }
}

import Foundation

/// Writes made images as OCI image layouts, one folder for each repository; the same images give the same bytes.
public struct LayoutWriter: Sendable {
    private let folder: String

    /// Writes below a folder.
    public init(_ folder: String) { self.folder = folder }

    /// Writes images, each under its tag.
    public func write(_ images: [MadeImage]) throws {
        for (repository, images) in Dictionary(grouping: images, by: \.repository) {
            let place = "\(folder)/\(repository)"
            var entries: [String] = []
            for image in images.sorted(by: { $0.tag < $1.tag }) {
                for blob in image.blobs { try write(blob.bytes, as: blob.digest, in: place) }
                for manifest in image.manifests { try write(manifest.bytes, as: manifest.digest, in: place) }
                guard let top = image.manifests.last else { continue }
                entries.append(
                    top.descriptor(#","annotations":{"org.opencontainers.image.ref.name":"\#(image.tag)"}"#))
            }
            try write(#"{"imageLayoutVersion":"1.0.0"}"#, to: "\(place)/oci-layout")
            let list = entries.joined(separator: ",\n")
            try write(
                "{\"schemaVersion\":2,\"mediaType\":\"\(MediaTypes.oci.index)\",\"manifests\":[\n\(list)\n]}\n",
                to: "\(place)/index.json")
        }
    }

    private func write(_ bytes: [UInt8], as digest: String, in place: String) throws {
        let path = "\(place)/blobs/\(digest.replacingOccurrences(of: ":", with: "/"))"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}

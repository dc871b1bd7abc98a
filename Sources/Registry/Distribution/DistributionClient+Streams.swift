import HTTP
import HTTPTypes
import OCI

extension DistributionClient {
    /// Streams what a session lacks of a blob from its source, holding slots of both sides.
    func stream(_ course: UploadCourse, size: Int64) async throws(RegistryError) -> Response {
        let source = course.source
        do {
            let run = {
                try await self.withBoth(source, course.purpose) { () async throws(RegistryError) in
                    try await self.pass(course)
                }
            }
            return try await size > LargeBlobs.above ? largeBlobs.holding(1, run) : run()
        } catch let error as RegistryError {
            // A proof that could not be got is told without a side.
            throw error.on(error.place == source.place ? .source : .destination)
        } catch {
            throw RegistryError(
                .cancelled, at: place, while: course.purpose.action, course.purpose.subject)
        }
    }

    /// Streams once the slots are there. Each side gets one fresh token, and the source may redirect; anything
    /// else that goes wrong is thrown.
    private func pass(_ course: UploadCourse) async throws(RegistryError) -> Response {
        while true {
            let transfer = try await course.transfer()
            switch try await pipe(transfer, course) {
            case .refusedAtSource(let response): try await course.askAgain(after: response)
            case .answered(let response):
                if try await course.renewed(after: response) { continue }
                course.source.trace(transfer.download, "streamed")
                trace(transfer.upload, "\(response.status)")
                guard response.isSuccess else {
                    throw uploadFailure(response, course.purpose).on(.destination)
                }
                await showWarning(response)
                return response
            }
        }
    }

    private func pipe(_ transfer: BlobTransfer, _ course: UploadCourse) async throws(RegistryError)
        -> PipeOutcome
    {
        try await course.source.keepRate(course.reading)
        try await keepRate(course.purpose)
        do { return try await transport.pipe(transfer) } catch {
            if let failure = await course.failure { throw failure.on(.destination) }
            throw error.end == .download
                ? course.source.failure(error, course.reading).on(.source)
                : failure(error, course.purpose).on(.destination)
        }
    }
}

/// The bound on large blobs under way to one registry: more at once fill no line better, and cost memory.
enum LargeBlobs {
    /// How many bytes a blob has at least to count.
    static let above: Int64 = 1 << 20
    /// How many stream at once.
    static let most = 8
}

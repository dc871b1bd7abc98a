import Foundation
import Lab
import Testing

@Suite("Faults on the way", .serialized, .timeLimit(.minutes(2))) struct FaultTests {
    private let shape = Shape {
        $0.tags = 2
        $0.layerSizes = [200_000]
    }

    /// Two images; the faults hit the first of them alone where they name its parts.
    private func crossing() throws -> (Crossing, MadeImage) {
        let crossing = try Crossing(shape)
        try crossing.write()
        return (crossing, try ImageMaker(shape).image())
    }

    /// A fault by name, so that a table of them can be told apart in what tests print.
    enum Trouble: String, CaseIterable, Sendable {
        case resetBefore, resetInBody, truncated, wrongBytes, wrongLength, lostAnswer

        /// What it does to an answer's body.
        var ofAnswer: Verdict {
            switch self {
            case .resetBefore: .request(.reset(after: 0))
            case .resetInBody: .response(.reset(after: 70_000))
            case .truncated: .response(.end(after: 70_000))
            case .wrongBytes: .response(.corrupt(at: 70_000))
            case .wrongLength: .set(responseHeader: "Content-Length", to: "1234567")
            case .lostAnswer: .swallowAnswer
            }
        }

        /// What it does to a request's body.
        var ofRequest: Verdict {
            switch self {
            case .resetBefore: .request(.reset(after: 0))
            case .resetInBody: .request(.reset(after: 70_000))
            case .truncated: .request(.end(after: 70_000))
            case .wrongBytes: .request(.corrupt(at: 70_000))
            case .wrongLength: .response(.reset(after: 0))
            case .lostAnswer: .swallowAnswer
            }
        }

        /// The kinds that a failure for ever is told as, for a blob that is read.
        var readKinds: Set<String> {
            switch self {
            case .resetBefore, .resetInBody, .lostAnswer: ["connection broken"]
            case .truncated: ["truncated"]
            case .wrongBytes: ["wrong bytes"]
            case .wrongLength: ["truncated", "wrong bytes", "malformed answer"]
            }
        }
    }

    @Test("one broken blob at the source heals", arguments: Trouble.allCases)
    func healsReads(trouble: Trouble) async throws {
        let (crossing, image) = try crossing()
        let layer = image.blobs[0].digest
        crossing.from.setHook(Fault("GET blob", of: layer, times: 1, trouble.ofAnswer).callAsFunction)
        let pass = try await crossing.davit("reconcile", "--log-level", "debug")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        let told = retries(pass)
        let awaited = "failure=source: cannot read blob lab/r001@\(layer) at \(crossing.from.host): "
        // libcurl itself asks again, silently, where a connection that was used before ends without an answer.
        let isSilent = [.resetBefore, .lostAnswer].contains(trouble)
        #expect(told.count == 1 || told.isEmpty && isSilent, "\(told)")
        for line in told {
            #expect(trouble.readKinds.contains { line.contains(awaited + $0) }, "\(line)")
        }
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("one broken upload heals", arguments: Trouble.allCases)
    func healsUploads(trouble: Trouble) async throws {
        let (crossing, image) = try crossing()
        let layer = image.blobs[0].digest
        let fault = Fault("PUT upload", times: 1, trouble.ofRequest)
        crossing.to.setHook { $0.target.contains(layer.dropFirst(7)) ? fault($0) : .pass }
        let pass = try await crossing.davit("reconcile", "--log-level", "debug")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        let told = retries(pass)
        let awaited = "failure=destination: cannot upload blob lab/r001@\(layer) at \(crossing.to.host): "
        let isSilent = [.resetBefore, .lostAnswer, .wrongLength].contains(trouble)
        #expect(told.count == 1 || told.isEmpty && isSilent, "\(told)")
        // A reset behind an empty answer hits whatever uses the connection next.
        let hitsAnother = trouble == .wrongLength
        #expect(hitsAnother || told.allSatisfy { $0.contains(awaited) }, "\(told)")
        #expect(try await crossing.differences(shape) == [])
    }

    /// The lines of a log that tell of a request tried again.
    private func retries(_ pass: Outcome) -> [String] {
        pass.errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("debug: trying again ") }
    }

    @Test("a blob that never comes whole fails its image alone, and is told", arguments: Trouble.allCases)
    func failsReads(trouble: Trouble) async throws {
        let (crossing, image) = try crossing()
        let layer = image.blobs[0].digest
        let fault = Fault("GET blob", of: layer, trouble.ofAnswer)
        let goesNoFurther = trouble == .truncated ? BodyFault.end(after: 0) : .reset(after: 0)
        crossing.from.setHook { request in
            // A blob that breaks is read on from there: so the rest must break as well.
            let breaks = [.truncated, .resetInBody].contains(trouble) && request.headers.contains("Range")
            let verdict = fault(request)
            return breaks ? .response(goesNoFurther) : verdict
        }
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(cause.side == "source" && cause.action == "read blob")
        #expect(cause.subject == "lab/r001@\(layer)")
        #expect(trouble.readKinds.contains(cause.kind), "\(cause)")
        #expect(pass.errors.contains("source: cannot read blob lab/r001@\(layer) at \(crossing.from.host): "))
        #expect(try crossing.heldTags() == ["v002"])
    }

    @Test("an upload that never ends well fails its image alone, and is told", arguments: Trouble.allCases)
    func failsUploads(trouble: Trouble) async throws {
        let (crossing, image) = try crossing()
        crossing.to.setHook { request in
            request.kind == "PUT upload" && request.target.contains(image.blobs[0].digest.dropFirst(7))
                ? trouble.ofRequest : .pass
        }
        let pass = try await crossing.davit("reconcile", "--output", "json")
        // Bytes that arrived without an answer are there: the blob is found, and all is well.
        if trouble == .lostAnswer || trouble == .wrongLength {
            #expect(pass.status == 0, "\(pass.errors)")
            return #expect(try await crossing.differences(shape) == [])
        }
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(cause.side == "destination" && cause.action == "upload blob", "\(cause)")
        #expect(cause.subject == "lab/r001@\(image.blobs[0].digest)")
        #expect(pass.errors.contains("destination: cannot upload blob lab/r001@"), "\(pass.errors)")
        #expect(try crossing.heldTags() == ["v002"])
    }

    @Test("a manifest that is put without an answer is not taken for a failure", arguments: [1, Int.max])
    func lostPuts(times: Int) async throws {
        let (crossing, _) = try crossing()
        crossing.to.setHook(
            Fault("PUT manifest by tag", of: "v001", times: times, .swallowAnswer).callAsFunction)
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(try await crossing.differences(shape) == [])
        guard times > 1 else { return #expect(pass.status == 0, "\(pass.errors)") }
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(
            cause.side == "destination" && cause.action == "put manifest" && cause.subject == "lab/r001:v001")
    }

    @Test("an upload session that is lost begins anew")
    func lostSession() async throws {
        let (crossing, _) = try crossing()
        let answer = ScriptedResponse.error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        crossing.to.setHook(Fault("PUT upload", times: 2, .answer(answer)).callAsFunction)
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("MANIFEST_BLOB_UNKNOWN makes what was thought to be there be asked for and brought")
    func lostBlob() async throws {
        let (crossing, image) = try crossing()
        // The registry drops a blob before the manifest comes, as a garbage collection at a bad time does.
        let isLost = Guarded(false)
        let (storage, layer) = (crossing.destination.storage, image.blobs[0].digest.dropFirst(7))
        let link = "/docker/registry/v2/repositories/lab/r001/_layers/sha256/\(layer)"
        let answer = ScriptedResponse.error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry")
        crossing.to.setHook { request in
            guard request.kind == "PUT manifest by tag", request.route.reference == "v001",
                isLost.with({ lost in
                    defer { lost = true }; return !lost
                })
            else { return .pass }
            try? FileManager.default.removeItem(atPath: storage + link)
            return .answer(answer)
        }
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.to.counts["PUT manifest by tag"] == 3)
        #expect(try await crossing.differences(shape) == [])
    }
}

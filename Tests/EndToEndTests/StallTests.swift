import Lab
import Testing

/// Silence is borne for a minute a try, so these take their time.
@Suite("A side that stops in mid-body", .timeLimit(.minutes(8))) struct StallTests {
    /// One layer that no buffer on the way can hold.
    private let shape = Shape { $0.layerSizes = [24 << 20] }

    /// The two ways that a blob passes.
    enum Way: String, CaseIterable, Sendable {
        case source, destination
    }

    private func crossing(_ way: Way, times: Int) throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write()
        let layer = try ImageMaker(shape).image().blobs[0].digest
        let stall = BodyFault.stall(after: 100_000, seconds: 600)
        switch way {
        case .source:
            let first = Fault("GET blob", of: layer, times: times, .response(stall))
            let rest = Fault("GET blob", of: layer, times: times, .response(.stall(after: 0, seconds: 600)))
            // What is read on stops at once: else each try would bring some more, and there would be no last one.
            crossing.from.setHook { request in
                times == .max && request.headers["Range"] != nil ? rest(request) : first(request)
            }
        case .destination:
            let fault = Fault("PUT upload", times: times, .request(stall))
            // The digest stands percent-encoded in the query.
            let sum = layer.drop { $0 != ":" }.dropFirst()
            crossing.to.setHook { $0.target.contains(sum) ? fault($0) : .pass }
        }
        return crossing
    }

    @Test("is left after a minute, and the blob is brought anew", arguments: Way.allCases)
    func heals(way: Way) async throws {
        let crossing = try crossing(way, times: 1)
        let arguments = ["reconcile", crossing.davit.manifests, "--log-level", "debug"]
        let pass = try await crossing.davit.program(arguments).run(timeout: 200)
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(pass.errors.contains("failure=\(way): cannot"), "\(pass.errors)")
        #expect(pass.errors.contains(": stalled ("), "\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("fails the image after four tries, told with its side", arguments: Way.allCases)
    func fails(way: Way) async throws {
        let crossing = try crossing(way, times: .max)
        let arguments = ["reconcile", crossing.davit.manifests, "--output", "json"]
        let pass = try await crossing.davit.program(arguments).run(timeout: 400)
        #expect(pass.status == 1, "\(pass.output)\(pass.errors)")
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(cause.side == "\(way)" && cause.kind == "stalled", "\(cause)")
        #expect(cause.action == (way == .source ? "read blob" : "upload blob"), "\(cause)")
        #expect(try crossing.heldTags() == [])
    }
}

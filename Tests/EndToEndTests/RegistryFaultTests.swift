import Foundation
import Lab
import Testing

@Suite("Registries that fail", .serialized, .timeLimit(.minutes(2))) struct RegistryFaultTests {
    private let shape = Shape { $0.tags = 2 }

    private func crossing(_ change: (inout Rule) -> Void = { _ in }) throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule(change))
        return crossing
    }

    /// Requests of a cold copy, and how each is refused once.
    private static let cases = [
        (true, "GET tags/list", 429), (true, "GET tags/list", 502), (true, "GET manifest by tag", 500),
        (true, "GET manifest by tag", 503), (true, "GET blob", 429), (true, "GET blob", 500),
        (true, "GET blob", 502), (true, "GET blob", 503), (true, "GET blob", 504),
        (false, "HEAD manifest by tag", 429), (false, "HEAD manifest by tag", 503),
        (false, "POST upload start", 429), (false, "POST upload start", 504), (false, "PUT upload", 429),
        (false, "PUT upload", 500), (false, "PUT upload", 503), (false, "PUT manifest by tag", 429),
        (false, "PUT manifest by tag", 500), (false, "PUT manifest by tag", 502),
        (false, "PUT manifest by tag", 503), (false, "PUT manifest by tag", 504),
    ]

    private func hook(_ crossing: Crossing, _ isSource: Bool, _ fault: Fault) {
        (isSource ? crossing.from : crossing.to).setHook(fault.callAsFunction)
    }

    @Test("any request that is told once to come later comes later", arguments: cases)
    func heals(place: (isSource: Bool, kind: String, status: Int)) async throws {
        let crossing = try crossing()
        hook(crossing, place.isSource, Fault(place.kind, times: 1, .answer(place.status)))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("a server that never recovers fails its image alone, with 1", arguments: [500, 503])
    func failsForEver(status: Int) async throws {
        let crossing = try crossing()
        hook(crossing, false, Fault("PUT manifest by tag", of: "v001", .answer(status)))
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(cause.side == "destination" && cause.action == "put manifest")
        #expect(cause.subject == "lab/r001:v001" && cause.kind == "unavailable")
        #expect(cause.detail.contains("\(status)"))
        #expect(crossing.to.counts["PUT manifest by tag"] == 4 + 1)
        #expect(try crossing.heldTags() == ["v002"])
    }

    @Test("Retry-After is kept to, in seconds and as a date", arguments: [true, false])
    func waits(isDate: Bool) async throws {
        let crossing = try crossing()
        let form = DateFormatter()
        form.locale = Locale(identifier: "en_US_POSIX")
        form.timeZone = TimeZone(identifier: "GMT")
        form.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let now = Date()
        let headers: Headers =
            isDate
            ? ["Date": form.string(from: now), "Retry-After": form.string(from: now.addingTimeInterval(2))]
            : ["Retry-After": "2"]
        hook(
            crossing, true, Fault("GET manifest by tag", of: "v001", times: 1, .answer(429, headers: headers))
        )
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.wall >= 2 && pass.wall < 20)
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("a failed image is tried again at the end of the pass")
    func retries() async throws {
        let crossing = try crossing { $0.retries = 1 }
        hook(crossing, false, Fault("PUT manifest by tag", of: "v001", times: 5, .answer(503)))
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.errors.contains("trying 1 image again, round 1"))
        #expect(try ReportJSON(pass).pass.images.map(\.tries) == [2, 1])
    }

    @Test("a list without an end is an error, and other rules' images are copied")
    func endlessPages() async throws {
        let crossing = try crossing()
        try crossing.seed(Shape { $0.prefix = "other/r" })
        try crossing.write(
            Rule {
                $0.name = "lighthouse"
                $0.images = [Rule.all("other/r001")]
            })
        let next = "</v2/lab/r001/tags/list?last=v001>; rel=\"next\""
        crossing.from.setHook { request in
            request.route.repository == "lab/r001" && request.kind == "GET tags/list"
                ? .set(responseHeader: "Link", to: next) : .pass
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 1)
        let awaited =
            "error: rule harbour: source: cannot list tags lab/r001 at \(crossing.from.host): malformed answer"
        #expect(pass.errors.contains(awaited), "\(pass.errors)")
        #expect(try crossing.heldTags(in: "other/r001") == ["v001"])
    }

    @Test("a redirect loop ends")
    func redirectLoop() async throws {
        let crossing = try crossing()
        let blob = try ImageMaker(shape).image().blobs[0].digest
        crossing.from.setHook { request in
            request.route.reference == blob ? .redirect(to: request.target) : .pass
        }
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(cause.side == "source" && cause.action == "read blob", "\(cause)")
        #expect(cause.detail.contains("redirect"), "\(cause)")
        #expect(crossing.from.records.count < 40)
    }

    @Test("a giant manifest is not taken into memory")
    func giantManifest() async throws {
        let crossing = try crossing()
        let giant = String(repeating: " ", count: 64 << 20)
        hook(crossing, true, Fault("GET manifest by tag", of: "v001", .answer(200, body: giant)))
        let pass = try await crossing.davit("reconcile", "--output", "json")
        #expect(pass.status == 1)
        let cause = try #require(try ReportJSON(pass).cause)
        #expect(
            cause.kind == "too large" && cause.side == "source" && cause.subject == "lab/r001:v001",
            "\(cause)")
        #expect(pass.peakMemory < 60 << 20)
        #expect(try crossing.heldTags() == ["v002"])
    }

    @Test("without a digest in the answers all is copied and compared none the less")
    func noDigests() async throws {
        let crossing = try crossing()
        for proxy in [crossing.from, crossing.to] {
            proxy.setHook { _ in .drop(responseHeader: "Docker-Content-Digest") }
        }
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(try await crossing.differences(shape) == [])
        crossing.reset()
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(crossing.writes == 0)
    }

    @Test("a tag that moves while it is looked at is tried again with what it stands for then")
    func movedTag() async throws {
        let crossing = try crossing { $0.retries = 1 }
        #expect(try await crossing.davit("reconcile").status == 0)
        let (second, third) = (Shape { $0.seed = 2 }, Shape { $0.seed = 3 })
        try crossing.seed(second)
        let moved = Guarded(false)
        let door = crossing.source.endpoint
        crossing.from.setHook { request in
            guard request.kind == "GET manifest by digest",
                moved.with({ was in
                    defer { was = true }; return !was
                })
            else { return .pass }
            _ = try? Seeder(door).push(third)
            return .answer(.error(404, "MANIFEST_UNKNOWN", "manifest unknown"))
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(pass.errors.contains("moved"), "\(pass.errors)")
        #expect(try crossing.held() == ImageMaker(third).image().digest)
    }
}

import Foundation
import Lab
import Testing

@Suite("Uploads that a kill broke", .serialized, .timeLimit(.minutes(4))) struct KilledUploadTests {
    private static func shape(_ size: Int) -> Shape {
        Shape {
            $0.tags = 1
            $0.layerSizes = [size]
        }
    }

    private static let folder =
        "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: folder }\nspec: { layout: out }\n"

    @Test(
        "256 MiB, killed at 90 %: the next pass sends no more than 10 % of it again, also of a layout's",
        arguments: [false, true])
    func midBody(isLayout: Bool) async throws {
        let shape = Self.shape(256 << 20)
        let image = try ImageMaker(shape).image()
        let blob = image.blobs[0]
        let source = try DockerRegistry()
        try Seeder(source.endpoint).push(image)
        let destination = try ScriptedRegistry(RegistryKnobs { $0.forgetsBodies = true })
        let to = try CountingProxy(to: destination.endpoint)
        let davit = try Davit()
        if isLayout {
            try davit.write(Rule().yaml(from: source.host, to: "folder") + Self.folder)
            #expect(try await davit("reconcile").status == 0)
        }
        try davit.write(
            Rule().yaml(from: isLayout ? "folder" : source.host, to: to.host) + (isLayout ? Self.folder : ""))
        // The stall leaves time to kill at the very place.
        let most = blob.size / 10 * 9
        let fault = Fault("PUT upload", times: 1, .request(.stall(after: most, seconds: 1)))
        to.setHook { $0.target.contains(blob.digest.dropFirst(7)) ? fault($0) : .pass }
        let running = try davit.start("reconcile")
        try await until { to.counts.uploadBytes >= most }
        running.signal(SIGKILL)
        #expect(try await running.end().status == 128 + SIGKILL)
        try await until { destination.brokenRequests > 0 }
        to.setHook { _ in .pass }
        let pass = try await davit("reconcile", "--log-level", "debug")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(to.counts.uploadBytes - blob.size <= blob.size / 10, "\(to.counts.uploadBytes)")
        #expect(destination.blob(blob.digest, in: image.repository).map { digest(of: $0) } == blob.digest)
        #expect(destination.tags(in: image.repository) == ["v001": image.digest])
        let rests = to.records.filter { $0.kind == "PATCH upload" }
        #expect(rests.count == 1, "the rest goes up in one piece")
    }

    @Test(
        "a real registry, in pieces: killed between two, one is sent again at most; killed within one, all begins anew",
        arguments: [true, false])
    func pieces(between: Bool) async throws {
        let (shape, piece) = (Self.shape(96 << 20), 16 << 20)
        let crossing = try Crossing(shape)
        let blob = try ImageMaker(shape).image().blobs[0]
        try crossing.davit.write(
            Rule().yaml(from: crossing.from.host, to: "to")
                + Rule.registry("to", crossing.to.host, ", chunkSize: 16MiB"))
        let running = Guarded<RunningProgram?>(nil)
        let (patches, isKilled) = (Guarded(0), Guarded(false))
        crossing.to.setHook { request in
            guard request.method == "PATCH", !isKilled.with({ $0 }) else { return .pass }
            let number = patches.with {
                $0 += 1
                return $0
            }
            guard number == 6 else { return .pass }
            isKilled.with { $0 = true }
            guard between else { return .request(.stall(after: piece / 2, seconds: 1)) }
            // Before a byte of the last piece goes on.
            running.with { $0?.signal(SIGKILL) }
            return .request(.reset(after: 0))
        }
        running.with { $0 = try? crossing.davit.start("reconcile") }
        if !between {
            try await until { crossing.to.counts.uploadBytes >= 5 * piece + piece / 2 }
            running.with { $0?.signal(SIGKILL) }
        }
        let first = try #require(running.with { $0 })
        #expect(try await first.end().status == 128 + SIGKILL)
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
        let again = crossing.to.counts.uploadBytes - blob.size
        if between { #expect(again <= piece + (64 << 10)) }
        // Each pass opens one more for the configuration.
        #expect(crossing.to.counts["POST upload start"] == (between ? 3 : 4))
    }

    private func until(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }
}

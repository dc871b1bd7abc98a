import Foundation
import Lab
import Testing

@Suite("Limits", .serialized, .timeLimit(.minutes(3))) struct LimitsTests {
    /// A rule between two Registries with limits of their own.
    private func write(_ davit: Davit, _ shape: Shape, _ from: (String, String), _ to: (String, String))
        throws
    {
        try davit.write(
            Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } }.yaml(from: "left", to: "right")
                + Rule.registry("left", from.0, from.1) + Rule.registry("right", to.0, to.1),
            to: "harbour.yaml")
    }

    @Test("requestsPerSecond is kept to, at the side that it is given for")
    func requestsPerSecond() async throws {
        let shape = Shape { $0.tags = 20 }
        let crossing = try Crossing(shape)
        try crossing.write()
        #expect(try await crossing.davit("reconcile").status == 0)
        let times = Guarded<[ContinuousClock.Instant]>([])
        crossing.reset()
        crossing.to.setHook { _ in
            times.with { $0.append(.now) }
            return .pass
        }
        try write(
            crossing.davit, shape, (crossing.from.host, ""),
            (crossing.to.host, ", limits: { requestsPerSecond: 10 }"))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let moments = times.with { $0 }
        #expect(moments.count >= 20)
        for start in moments {
            let inWindow = moments.count { $0 >= start && $0 < start + .seconds(1) }
            #expect(inWindow <= 12, "\(inWindow) requests within a second")
        }
    }

    @Test("bandwidth is kept to, over all blobs at once", arguments: [true, false])
    func bandwidth(isSource: Bool) async throws {
        let shape = Shape {
            $0.tags = 4
            $0.layerSizes = [1 << 20]
        }
        let crossing = try Crossing(shape)
        let limits = ", limits: { bandwidth: 2MiB/s }"
        try write(
            crossing.davit, shape, (crossing.from.host, isSource ? limits : ""),
            (crossing.to.host, isSource ? "" : limits))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let counts = isSource ? crossing.from.counts : crossing.to.counts
        let rate = Double(counts.bytesUp + counts.bytesDown) / pass.wall
        #expect(rate < 1.1 * Double(2 << 20), "\(rate) bytes a second")
        #expect(pass.wall < 6)
        #expect(try await crossing.differences(shape) == [])
    }

    /// The program between a source that counts pulls as the Hub does, and an empty registry.
    private func hub(_ shape: Shape, _ limits: String, _ pulls: RegistryKnobs.Pulls) throws
        -> (davit: Davit, source: ScriptedRegistry, destination: DockerRegistry)
    {
        let (davit, destination) = (try Davit(), try DockerRegistry())
        let source = try ScriptedRegistry(RegistryKnobs { $0.pulls = pulls })
        for image in try ImageMaker(shape).images() { try source.hold(image) }
        try write(davit, shape, (source.host, limits), (destination.endpoint.description, ""))
        return (davit, source, destination)
    }

    @Test("a diff tells the pulls needed and left, an index with its children")
    func forecast() async throws {
        let shape = Shape {
            $0.tags = 3
            $0.platforms = ["linux/amd64", "linux/arm64"]
        }
        let hub = try hub(shape, "", .init(limit: 100, used: 11))
        let diff = try await hub.davit("diff")
        #expect(diff.status == 2, "\(diff.errors)")
        #expect(
            diff.output.contains("pulls needed 9, left 80 of 100 (source \(hub.source.host))"),
            "\(diff.output)")
    }

    @Test(
        "reserve keeps pulls back, and what it keeps back is deferred and told", arguments: ["80", "\"80%\""])
    func reserve(reserve: String) async throws {
        let shape = Shape {
            $0.tags = 6
            $0.platforms = ["linux/amd64", "linux/arm64", "linux/s390x", "linux/riscv64"]
        }
        let hub = try hub(shape, ", limits: { reserve: \(reserve) }", .init(limit: 100))
        let pass = try await hub.davit("reconcile")
        #expect(pass.status == 2, "\(pass.output)\(pass.errors)")
        #expect(pass.output.contains("> deferred "), "\(pass.output)")
        #expect(pass.output.contains("deferred in part: "), "\(pass.output)")
        #expect(pass.errors.contains("until the quota's window turns"), "\(pass.errors)")
        let pulls = hub.source.requests.count { $0.method == "GET" && $0.path.contains("/manifests/") }
        #expect(pulls <= 20 && pulls >= 10, "\(pulls)")
        // The default keeps a tenth, and there is enough for all.
        try write(hub.davit, shape, (hub.source.host, ""), (hub.destination.endpoint.description, ""))
        #expect(try await hub.davit("reconcile").status == 0)
    }

    @Test("a registry that is down is waited for, told once, and its images fail together")
    func down() async throws {
        let shape = Shape { $0.tags = 30 }
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.retries = 1 })
        crossing.to.setHook { _ in .answer(503) }
        let running = try crossing.davit.start("reconcile")
        // The registry comes back while it is waited for.
        let isTold = try await offPool {
            eventually(within: 60) { running.errorsSoFar.contains("it is asked again in") }
        }
        #expect(isTold, "\(running.errorsSoFar)")
        crossing.to.setHook { _ in .pass }
        let pass = try await running.end(timeout: 100)
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(pass.errors.components(separatedBy: "failed for now").count <= 7, "\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
    }
}

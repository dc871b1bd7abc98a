import Desired
import HTTP
import Lab
import OCI
import Plan
import Registry
import Synchronization
import Testing

@testable import Reconcile

@Suite("Registries that are down", .timeLimit(.minutes(2))) struct OutageTests {
    private let clock = VirtualTime()
    private let events = Guarded<[PassEvent]>([])

    /// So many images of one source, in one repository or in many.
    private func source(_ count: Int, perRepository: Int, _ place: String = "source.test") async throws
        -> (MemoryRegistry, [String: [String]])
    {
        let registry = MemoryRegistry(place: place)
        let image = try SampleImage("config", layers: ["layer"])
        var wanted: [String: [String]] = [:]
        for number in 0..<count {
            let repository = "team/r\(number / perRepository)"
            try await registry.hold(image, repository, "v\(number)")
            wanted[repository, default: []].append("v\(number)")
        }
        return (registry, wanted)
    }

    private func pass(
        _ places: [String: any Backend], _ rules: [Replication], stop: StopSignal = StopSignal()
    ) async throws -> PassReport {
        var options = Pass.Options()
        options.patience = .seconds(3600)
        let (clock, events) = (clock, events)
        options.pause = { try await clock.sleep($0) }
        let registries = places.mapValues { RegistryDeclaration(name: $0.place, host: $0.place) }
        let pass = Pass(
            DesiredState(registries: registries, rules: rules), places: Places(places), options: options
        ) { event in events.with { $0.append(event) } }
        return try await clock.run { await pass.reconcile(stop: stop) }
    }

    @Test(
        "ten thousand images to a registry that refuses or stalls end within three minutes",
        arguments: [(TransportError.Kind.connect, 1), (.stalled, 10_000)])
    func dead(kind: TransportError.Kind, perRepository: Int) async throws {
        let (source, wanted) = try await source(10_000, perRepository: perRepository)
        let (clock, sent) = (clock, Tally())
        let transport = FaultyTransport(inner: nil) { _ in
            sent.add()
            if kind == .stalled { try await clock.sleep(.seconds(60)) }
            return kind
        }
        let dead = try DistributionClient.made("http://registry.test", transport, clock)
        let report = try await pass(["from": source, "to": dead], [try Yard.rule(wanted)])
        #expect(clock.passed >= .seconds(110) && clock.passed < .seconds(180), "\(clock.passed)")
        #expect(report.exitCode == 1)
        #expect(report.images.count == 10_000)
        #expect(report.images.allSatisfy { $0.isStranded })
        #expect(report.faults.count == 1)
        #expect(
            report.faults.first?.hasPrefix("registry.test is down: nobody has answered there for 1")
                == true)
        #expect(
            report.faults.first?.hasSuffix("10000 images failed because of it") == true, "\(report.faults)")
        #expect(report.warnings.isEmpty)
        #expect(Set(report.images.map(\.reason)).count <= 2)
        #expect(sent.count < 200, "\(sent.count) requests")
    }

    @Test("a registry that is back after twenty seconds gets all its images")
    func back() async throws {
        let (source, wanted) = try await source(100, perRepository: 5)
        let registry = try ScriptedRegistry()
        let (clock, loop) = (clock, try CurlLoop())
        let (sent, leaving) = (Tally(), Guarded<Duration?>(nil))
        // It goes away in the middle of the pass.
        let transport = FaultyTransport(inner: loop) { _ in
            sent.add()
            if sent.count == 100 { leaving.with { $0 = clock.passed } }
            guard let left = leaving.with({ $0 }) else { return nil }
            return clock.passed < left + .seconds(20) ? .connect : nil
        }
        let client = try DistributionClient.made(registry.url, transport, clock)
        let report = try await pass(
            ["from": source, "to": client], [try Yard.rule(wanted) { $0.retries = 1 }])
        #expect(report.count(.copied) == 100, "\(report.faults)")
        #expect(report.exitCode == 0 && report.faults.isEmpty)
        #expect(clock.passed < .seconds(120))
        let waits = events.with { $0.contains { if case .waiting = $0 { true } else { false } } }
        #expect(waits)
    }

    @Test("a source that is down stops no image of another one")
    func otherSources() async throws {
        let (here, wanted) = try await source(200, perRepository: 2)
        let (clock, destination) = (clock, MemoryRegistry(place: "destination.test"))
        let dead = try DistributionClient.made(
            "http://dead.test", FaultyTransport(inner: nil) { _ in .connect }, clock)
        let gone = Dictionary(uniqueKeysWithValues: wanted.map { ("gone/" + $0.key, $0.value) })
        // The dead one's rule comes first in the order.
        let rules = [
            try Yard.rule(gone, name: "a") { $0.source = "dead" }, try Yard.rule(wanted, name: "b"),
        ]
        let copied = Guarded<[Duration]>([])
        await destination.after { call in
            if case .put = call { copied.with { $0.append(clock.passed) } }
        }
        let report = try await pass(["from": here, "to": destination, "dead": dead], rules)
        #expect(report.count(.copied) == 200)
        #expect(report.images.count { $0.isStranded } == 200)
        #expect(report.faults.count == 1)
        #expect((copied.with { $0.max() } ?? .zero) < .seconds(10))
        #expect(clock.passed < .seconds(180))
    }

    @Test("a wish to stop ends the wait")
    func stops() async throws {
        let (source, wanted) = try await source(50, perRepository: 50)
        let (clock, stop) = (clock, StopSignal())
        let dead = try DistributionClient.made(
            "http://dead.test", FaultyTransport(inner: nil) { _ in .connect }, clock)
        async let ending = pass(["from": source, "to": dead], [try Yard.rule(wanted)], stop: stop)
        await until { events.with { $0.contains { if case .waiting = $0 { true } else { false } } } }
        await stop.request()
        let report = try await ending
        #expect(report.exitCode == 1 && report.images.count == 50)
        #expect(report.images.allSatisfy { $0.result == .failed })
        #expect(clock.passed < .seconds(120))
        let ended = events.with { $0.count { if case .ended = $0 { true } else { false } } }
        #expect(ended == 50)
    }

    @Test("a registry that comes and goes is not waited for without end")
    func flapping() async throws {
        let yard = Yard()
        for tag in ["v1", "v2", "v3"] { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
        let calls = Tally()
        // Of each two looks one is answered, so that every wait seems to end.
        await yard.destination.before { call throws(RegistryError) in
            guard case .put = call else { return }
            calls.add()
            if calls.count > 500 { return }
            var error = RegistryError.made(.down)
            error.place = calls.count.isMultiple(of: 2) ? "a.test" : "b.test"
            error.outage = Outage(cause: "no", elapsed: .seconds(5), nextProbe: .seconds(30))
            throw error
        }
        let report = await yard.pass([try Yard.rule(["team/app": ["v1", "v2", "v3"]])]).reconcile()
        #expect(report.count(.failed) == 3)
        #expect(calls.count < 100)
    }

    @Test("lists that fail in a moment's trouble keep no literal tag from being copied", arguments: [503, 0])
    func lists(status: Int) async throws {
        let source = try ScriptedRegistry()
        let image = try ImageMaker(Shape { $0.tags = 2 }).images()
        for one in image { try source.hold(one) }
        let (clock, left) = (clock, Guarded(8))
        let fails = { @Sendable (isList: Bool) -> Bool in
            isList
                && left.with {
                    $0 -= 1
                    return $0 >= 0
                }
        }
        if status == 503 {
            source.setScript { fails($0.route.kind == .tags) ? .error(503, "UNAVAILABLE") : nil }
        }
        let transport = FaultyTransport(inner: try CurlLoop()) { request in
            status == 0 && fails("\(request.address)".contains("/tags/list")) ? .broken : nil
        }
        let client = try DistributionClient.made(source.url, transport, clock)
        let rule = try Yard.rule([image[0].repository: image.map(\.tag)]) { $0.referrers = ReferrerPolicy() }
        let report = try await pass(
            ["from": client, "to": MemoryRegistry(place: "destination.test")], [rule])
        #expect(report.count(.copied) == 2, "\(report.images.map(\.reason)) \(report.faults)")
        #expect(report.exitCode == 0)
        #expect(clock.passed < .seconds(120), "\(clock.passed)")
    }
}

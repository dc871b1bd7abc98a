import Foundation
import Lab
import Testing

/// A tenth of all exchanges goes wrong, on both sides, in every way that the lab knows.
///
/// `DAVIT_CHAOS_SEEDS` says how many seeds are tried, from 1; the nightly run tries twenty.
@Suite("Chaos", .serialized, .timeLimit(.minutes(10))) struct ChaosTests {
    /// The first seeds, or as many as are asked for.
    static let seeds: [Int] = {
        let asked = ProcessInfo.processInfo.environment["DAVIT_CHAOS_SEEDS"].flatMap { Int($0) }
        return Array(1...max(1, asked ?? 3))
    }()

    /// Two hundred tags, every fourth signed: plain images of both families, and indexes over two platforms.
    private let shapes = [
        Shape {
            $0.repositories = 18
            $0.tags = 10
            $0.media = .mix
            $0.layerSizes = [3_000, 5_000, 2_000]
            $0.shareAcross = 0.34
            $0.shareInRepository = 0.34
        },
        Shape {
            $0.prefix = "fleet/m"
            $0.repositories = 2
            $0.tags = 10
            $0.layerSizes = [4_000, 2_000]
            $0.shareInRepository = 0.5
            $0.platforms = ["linux/amd64", "linux/arm64/v8"]
        },
    ]

    @Test("what a tenth of spoiled exchanges leaves undone, one clean pass does", arguments: seeds)
    func converges(seed: Int) async throws {
        let crossing = try Crossing(nil)
        for shape in shapes { try crossing.seed(shape) }
        try crossing.seed(signatures())
        try crossing.write(
            Rule {
                $0.images = shapes.flatMap(\.repositoryNames).map { Rule.all($0) }
                $0.retries = 3
            })
        let tokens = try ChaosTokens()
        // Silence is borne for a minute: only some of many seeds have it.
        let stalls = seed.isMultiple(of: 5) ? 1 : 0
        let from = Chaos(seed: seed, before: crossing.source, tokens: tokens, longStalls: stalls)
        let to = Chaos(seed: -seed, before: crossing.destination, tokens: tokens)
        crossing.from.setHook { from($0) }
        crossing.to.setHook { to($0) }
        let pass = try await crossing.davit.program(["reconcile", crossing.davit.manifests]).run(timeout: 400)
        tell(seed, pass, from, to)
        for chaos in [from, to] {
            let share = Double(chaos.spoiled) / Double(max(1, chaos.exchanges))
            #expect((0.05...0.15).contains(share), "\(share)")
        }
        #expect(pass.status == 0 || pass.status == 1, "\(pass.output)\(pass.errors)")
        #expect(try crossing.destination.wrongBytes() == [])
        let undone = try await differences(crossing)
        // What is there is right and whole, whatever became of the pass.
        #expect(undone.filter { !$0.hasSuffix(" is missing") } == [])
        if pass.status == 0 { #expect(undone == []) }
        crossing.from.setHook { _ in .pass }
        crossing.to.setHook { _ in .pass }
        let clean = try await crossing.davit("reconcile")
        #expect(clean.status == 0, "\(clean.output)\(clean.errors)")
        #expect(try await differences(crossing) == [])
        #expect(try crossing.destination.wrongBytes() == [])
    }

    /// Cosign's, of every fourth image.
    private func signatures() throws -> [MadeImage] {
        let images = try shapes.flatMap { try ImageMaker($0).images() }
        return try images.enumerated().filter { $0.offset.isMultiple(of: 4) }.map {
            try $0.element.cosignSignature()
        }
    }

    private func differences(_ crossing: Crossing) async throws -> [String] {
        var all: [String] = []
        for name in shapes.flatMap(\.repositoryNames) { all += try await crossing.differences(in: name) }
        return all
    }

    /// One line for whoever reads the run's figures.
    private func tell(_ seed: Int, _ pass: Outcome, _ from: Chaos, _ to: Chaos) {
        let troubles = from.tally.merging(to.tally, uniquingKeysWith: +).map {
            "\($0.key.rawValue) \($0.value)"
        }
        let wall = String(format: "%.1f", pass.wall)
        print(
            "chaos seed \(seed): exit \(pass.status) in \(wall) s, \(from.spoiled) of \(from.exchanges) and",
            "\(to.spoiled) of \(to.exchanges) exchanges spoiled:", troubles.sorted().joined(separator: ", "))
        guard pass.status != 0 else { return }
        let lines = (pass.output + pass.errors).split(separator: "\n")
        for line in lines where !line.hasPrefix("copied ") { print("   ", line) }
    }
}

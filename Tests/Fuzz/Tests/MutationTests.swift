import FuzzTargets
import Glibc
import Lab
import Testing

@Suite("Fed with anything", .serialized, .timeLimit(.minutes(2))) struct MutationTests {
    @Test("each seed of the corpus is read", arguments: FuzzTarget.allCases)
    func readsSeeds(target: FuzzTarget) throws {
        let seeds = try Corpus(target).seeds
        #expect(seeds.count >= 3)
        for seed in seeds { target.run(seed) }
        target.run([])
    }

    @Test("what is made of them ends well, soon, and in bounded memory", arguments: FuzzTarget.allCases)
    func survives(target: FuzzTarget) throws {
        var mutator = Mutator(try Corpus(target).seeds, seed: 2_026)
        let before = ProcessFacts.peakMemory(of: getpid())
        let clock = ContinuousClock()
        let end = clock.now + .seconds(3)
        var slowest = (time: Duration.zero, input: [UInt8]())
        // A count, so that a run can be repeated; time only ends what a slow machine would never finish.
        for _ in 0..<4_000 where clock.now < end {
            let input = mutator.next()
            let time = clock.measure { target.run(input) }
            if time > slowest.time { slowest = (time, input) }
        }
        #expect(slowest.time < .seconds(2), "\(String(decoding: slowest.input.prefix(2_000), as: UTF8.self))")
        #expect(ProcessFacts.peakMemory(of: getpid()) - before < 512 << 20)
    }
}

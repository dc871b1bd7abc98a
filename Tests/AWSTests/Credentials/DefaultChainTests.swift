import AWS
import Foundation
import HTTP
import Lab
import Registry
import Testing

@Suite("The chain of keys") struct DefaultChainTests {
    @Test(
        "keys are found where botocore finds them, in a thousand made surroundings",
        .enabled(if: Judge.isInstalled))
    func differential() async throws {
        let folder = try TemporaryFolder("chain")
        var random = Random(seed: 11)
        var cases: [Surroundings] = []
        for number in 0..<1000 {
            var made = try Surroundings(number, in: folder, random: &random)
            made.found = await found(in: made)
            cases.append(made)
        }
        let verdict = try await Judge(script: "chain.py").judge(cases)
        #expect(
            verdict.status == 0 && verdict.output == "1000 surroundings, 0 differ\n",
            "\(verdict.output)\(verdict.errors.prefix(8000))")
    }

    private func found(in made: Surroundings) async -> String {
        do throws(AWSError) {
            let session = try AWSSession(
                LoginEnvironment(variables: made.variables, home: made.variables["HOME"]),
                profile: made.profile,
                on: AWSGround(transport: StandIn.transport, clock: SetClock().clock))
            let keys = try await session.keys.keys()
            return "\(keys.id)|\(keys.secret.reveal())|\(keys.sessionToken?.reveal() ?? "")"
        } catch {
            return error.kind == .noKeys ? "none" : "error"
        }
    }
}

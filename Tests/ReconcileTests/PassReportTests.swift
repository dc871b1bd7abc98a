import Desired
import Foundation
import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("PassReport") struct PassReportTests {
    private func outcome(_ result: ImageOutcome.Result, acknowledged: Bool = false) throws -> ImageOutcome {
        let name = try RepositoryName("team/app")
        var outcome = ImageOutcome(
            cancelled: Claim(
                rule: "r", sourceRegistry: "a", sourceRepository: name, sourceTag: try Tag("v1"),
                destinationRegistry: "b", destinationRepository: name, destinationTag: try Tag("v1")))
        outcome.result = result
        outcome.acknowledged = acknowledged
        return outcome
    }

    @Test(
        "has the manual's exit codes, the first that applies",
        arguments: [
            ([], 0), ([.inSync, .copied, .updated], 0), ([.blocked], 3), ([.copied, .blocked], 3),
            ([.missing], 1),
            ([.failed], 1), ([.cancelled], 1), ([.blocked, .failed], 1),
        ] as [([ImageOutcome.Result], Int32)])
    func exitCode(results: [ImageOutcome.Result], code: Int32) throws {
        var report = PassReport()
        report.images = try results.map { try outcome($0) }
        #expect(report.exitCode == code)
        report.faults = ["no list"]
        #expect(report.exitCode == 1)
        report.collisions = ["two for one"]
        #expect(report.exitCode == 65)
    }

    @Test("does not fail for a refusal that the rule accepts, and fails when it was cut short")
    func accepts() throws {
        var report = PassReport()
        report.images = [try outcome(.blocked, acknowledged: true), try outcome(.inSync)]
        #expect(report.exitCode == 0)
        report.interrupted = true
        #expect(report.exitCode == 1)
        #expect(report.count(.blocked) == 1)
    }

    @Test("reads what it wrote")
    func codes() throws {
        var report = PassReport()
        report.images = [
            try outcome(.copied),
            try outcome(.inSync).failed(RegistryError.made(.throttled).on(.destination)),
        ]
        report.requests = ["destination.test": 7]
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(PassReport.self, from: data) == report)
        #expect(report.images[1].cause?.kind == "throttled")
        #expect(report.images[1].result == .failed)
    }

    @Test(
        "tells failures apart from refusals and from the end of the pass",
        arguments: [
            (.cancelled, .cancelled), (.immutable, .blocked), (.denied, .failed), (.moved, .failed),
        ] as [(RegistryError.Kind, ImageOutcome.Result)])
    func failed(kind: RegistryError.Kind, result: ImageOutcome.Result) throws {
        #expect(try outcome(.copied).failed(.made(kind)).result == result)
    }
}

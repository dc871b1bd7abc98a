import Foundation
import Lab
import Testing

@testable import AWS

@Suite("Facts of AWS's", .enabled(if: Judge.isInstalled)) struct FactsTests {
    private struct Facts: Decodable {
        struct Known: Decodable, Equatable {
            var name: String
            var json: String?
            var prefix: String?
            var query: String?
            var variable: String
        }

        var services: [Known]
        var throttles: [String]
        var transients: [String]
        var statuses: [Int]
    }

    private func facts() async throws -> Facts {
        let verdict = try await Judge(script: "facts.py").judge(Service.all.map(\.name))
        try #require(verdict.status == 0, "\(verdict.errors)")
        return try JSONDecoder().decode(Facts.self, from: Data(verdict.output.utf8))
    }

    @Test("each service is spoken to as botocore does")
    func services() async throws {
        let ours = Service.all.map { service in
            var known = Facts.Known(name: service.name, variable: "AWS_ENDPOINT_URL_\(service.id)")
            switch service.form {
            case .json(let version, let prefix): (known.json, known.prefix) = (version, prefix)
            case .query(let version): known.query = version
            }
            return known
        }
        #expect(try await facts().services == ours)
    }

    @Test("what botocore tries again is tried again")
    func retries() async throws {
        let facts = try await facts()
        for code in facts.throttles {
            #expect(FailureClass(code: code, status: 400) == .throttled, "\(code)")
        }
        for code in facts.transients where !facts.throttles.contains(code) {
            #expect(FailureClass(code: code, status: 400) == .transient, "\(code)")
        }
        for status in facts.statuses { #expect(FailureClass(code: "", status: status) == .transient) }
        #expect(facts.throttles.count >= 14 && facts.transients.count >= 3)
    }
}

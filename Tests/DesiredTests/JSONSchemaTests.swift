import Foundation
import Testing

@testable import Desired

@Suite("JSONSchema") struct JSONSchemaTests {
    /// The golden is what `.ci/check-schema` is given; `DAVIT_RECORD=1` writes it anew.
    @Test("is the one that the manual and the editors have")
    func golden() throws {
        let golden = URL(filePath: Fixtures.folder + "/schema.json")
        if ProcessInfo.processInfo.environment["DAVIT_RECORD"] == "1" {
            try JSONSchema.text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try JSONSchema.text == String(contentsOf: golden, encoding: .utf8))
    }

    @Test("is JSON")
    func parses() throws {
        let object = try JSONSerialization.jsonObject(with: Data(JSONSchema.text.utf8)) as? [String: Any]
        #expect(object?["additionalProperties"] as? Bool == false)
    }

    @Test(
        "names no key that is not available yet",
        arguments: ["schedule", "webhook", "slack", "smtp", "for", "recovered"])
    func available(key: String) {
        #expect(!JSONSchema.text.contains("\"\(key)\""))
    }
}

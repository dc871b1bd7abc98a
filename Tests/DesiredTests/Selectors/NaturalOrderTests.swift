import Desired
import OCI
import Testing

import struct Lab.Random

@Suite("Natural order") struct NaturalOrderTests {
    @Test("reads runs of digits as numbers") func sorts() throws {
        let sorted = [
            "1", "1.2", "1.2.0", "1.02.1", "1.2.10", "1.10", "2", "2024.01.15", "latest", "v09", "v9", "v10",
            "v10-rc.1",
        ]
        var random = Random(seed: 7)
        #expect(sorted.shuffled(using: &random).sorted(by: naturallyPrecedes) == sorted)
        #expect(naturallyPrecedes(try Tag("v9"), try Tag("v10")))
        #expect(!naturallyPrecedes(try Tag("v10"), try Tag("v10")))
    }

    @Test("takes numbers of any length") func longNumbers() {
        let nines = String(repeating: "9", count: 100)
        #expect(naturallyPrecedes(nines, "1" + String(repeating: "0", count: 100)))
    }

    @Test("is one total order") func isTotal() {
        let texts = [
            "", "0", "00", "01", "1", "a", "a0", "a00", "a1", "a01b", "a1b", "a1b2", "a01b02", "-", ".",
        ]
        for first in texts {
            for second in texts {
                let before = naturallyPrecedes(first, second)
                #expect((first == second) == (!before && !naturallyPrecedes(second, first)))
                for third in texts where before && naturallyPrecedes(second, third) {
                    #expect(naturallyPrecedes(first, third), "\(first) \(second) \(third)")
                }
            }
        }
    }
}

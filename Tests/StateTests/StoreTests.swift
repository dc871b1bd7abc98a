import Testing

@testable import State

@Suite("Store") struct StoreTests {
    @Test("opens in memory") func opens() throws {
        _ = try Store.inMemory()
    }
}

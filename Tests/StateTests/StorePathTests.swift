import Testing

@testable import State

@Suite("Where the state file is") struct StorePathTests {
    @Test(
        "each shard has a file of its own",
        arguments: [
            (nil, "/x/davit/state.shard-3-of-8.db"), ("none", nil),
            ("/v/state.db", "/v/state.shard-3-of-8.db"),
            ("state", "state.shard-3-of-8"), ("/a.b/state", "/a.b/state.shard-3-of-8"),
            ("/v/.state", "/v/.state.shard-3-of-8"), ("a.b.c", "a.b.shard-3-of-8.c"),
        ] as [(String?, String?)])
    func shards(option: String?, path: String?) {
        let environment = ["XDG_STATE_HOME": "/x"]
        #expect(StorePath.resolve(option, environment: environment, shard: (3, 8)) == path)
    }

    @Test(
        "it is ours where we put it",
        arguments: [
            ("/x/davit/state.db", true), ("/x/davit/state.shard-3-of-8.db", true), ("/x/state.db", false),
            ("/x/davit/other.db", false), ("davit/state.db", false),
        ])
    func own(path: String, isOurs: Bool) { #expect(StorePath.isOwn(path) == isOurs) }
}

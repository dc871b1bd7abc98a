import OCI
import Testing

@testable import Desired

/// The list of the Data Replication Hub: what it understood, what it misread, and what can't be meant.
@Suite("Lists of images") struct ImageListTests {
    /// A list, what is selected of it and where it goes, and what is told.
    struct Row: Sendable, CustomTestStringConvertible {
        var list: String
        var source = "registry.example.com"
        var names = NameTemplate.repository
        /// `repository:tag -> destination`; all tags are `*`, a pin is `@` and six digits.
        var images: [String] = []
        /// `item.character: message`, with `!` where the item is at fault.
        var told: [String] = []
        var testDescription: String { list.debugDescription }
    }

    static let digest = "sha256:" + String(repeating: "a", count: 64)
    static let other = "sha256:" + String(repeating: "b", count: 64)

    /// What the Hub understood: nothing is told of it.
    static let understood = [
        Row(list: "app", images: ["app:latest"]),
        Row(list: "team/app:v1", images: ["team/app:v1"]),
        Row(list: "team/app:ALL_TAGS", images: ["team/app:*"]),
        Row(list: "a,b:1,c:ALL_TAGS", images: ["a:latest", "b:1", "c:*"]),
        Row(list: "app:1,app:2,web,app:3", images: ["app:1", "app:2", "app:3", "web:latest"]),
        Row(list: "app:ALL_TAGS,app:1", images: ["app:*", "app:1"]),
        Row(list: " team / app : v1 ", images: ["team/app:v1"]),
        Row(list: "a:1,\r\nb:2,\nc:3\n", images: ["a:1", "b:2", "c:3"]),
        Row(list: #"a:1,\nb:2,\n\n c:3\n"#, images: ["a:1", "b:2", "c:3"]),
        Row(list: "\n\na\n,\nb\n", images: ["a:latest", "b:latest"]),
        Row(list: "\u{FEFF}a", images: ["a:latest"]),
        Row(list: "app:all_tags", images: ["app:all_tags"]),
    ]

    @Test("reads what the Hub read, without a word", arguments: understood)
    func understands(row: Row) throws { try check(row) }

    /// What the Hub misread, and what a person means by it.
    static let misread = [
        Row(list: "a,", images: ["a:latest"], told: ["2.3: nothing stands behind the last comma"]),
        Row(
            list: "a,,b", images: ["a:latest", "b:latest"], told: ["2.3: nothing stands before this comma"]),
        Row(list: ",a", images: ["a:latest"], told: ["1.1: nothing stands before this comma"]),
        Row(list: "", told: ["1.1: the list names no image"]),
        Row(list: " \n ", told: ["1.4: the list names no image"]),
        Row(list: "a,b,a", images: ["a:latest", "b:latest"], told: ["3.5: 'a' stands in item 1 as well"]),
        Row(list: "a,a:latest", images: ["a:latest"], told: ["2.3: 'a:latest' stands in item 1 as well"]),
        Row(
            list: "a:ALL_TAGS,a:ALL_TAGS", images: ["a:*"],
            told: ["2.12: 'a:ALL_TAGS' stands in item 1 as well"]),
        Row(list: "\ta:1", images: ["a:1"], told: ["1.1: a tab is left out"]),
        Row(
            list: "app:1\nweb", images: ["app:1web"],
            told: ["1.6: a line ends inside an item, which is read as 'app:1web'"]),
        Row(
            list: #"app:1\nweb"#, images: ["app:1web"],
            told: ["1.6: a line ends inside an item, which is read as 'app:1web'"]),
        Row(list: "app:1@\(digest)", images: ["app:1@aaaaaa"]),
        Row(
            list: "app:1,app:1@\(digest)", images: ["app:1@aaaaaa"],
            told: ["2.7: 'app:1@\(digest)' stands in item 1 as well"].map(cut)),
        Row(list: "app:1@\(digest),app:2", images: ["app:1@aaaaaa", "app:2"]),
        Row(
            list: "localhost:5000/app:1", source: "localhost:5000",
            images: ["app:1 -> localhost-5000/app:1"]),
        Row(
            list: "quay.io/x/y,x/y", source: "quay.io",
            images: ["x/y:latest", "x/y:latest -> quay.io/x/y:latest"]),
        Row(
            list: "Quay.IO/x/y:1", source: "quay.io", images: ["x/y:1 -> quay.io/x/y:1"]),
    ]

    @Test("reads what the Hub misread, and says so", arguments: misread)
    func mends(row: Row) throws { try check(row) }

    /// What is left out.
    static let refused = [
        Row(list: "app@\(digest)", told: ["!1.1: 'app@\(digest)' names a digest and no tag"].map(cut)),
        Row(
            list: "app:1@sha256:abc",
            told: ["!1.1: 'sha256:abc' is no digest: 64 hex characters must follow the ':'"]),
        Row(
            list: "app:1@\(digest),app:1@\(other)", images: ["app:1@aaaaaa"],
            told: [
                "!2.79: 'app:1@\(other)' has another digest than item 1 wants"
            ].map(cut)),
        Row(
            list: "app:ALL_TAGS@\(digest)",
            told: ["!1.1: 'app:ALL_TAGS@\(digest)' wants all tags to have one digest"].map(cut)),
        Row(
            list: "App,b", images: ["b:latest"],
            told: [
                "!1.1: 'App' is no repository name: 'A' must be lower case"
            ]),
        Row(list: "app:1:2", told: ["!1.1: 'app:1:2' has two ':' behind its name"]),
        Row(list: "app:", told: ["!1.1: no tag stands behind the ':' of 'app:'"]),
        Row(
            list: "app:v*",
            told: [
                "!1.1: 'v*' is no tag: only letters, digits, '_', '.' and '-' may stand in one"
            ]),
        Row(list: ":1", told: ["!1.1: a repository name can't be empty"]),
        Row(
            list: "app:sha256-\(String(repeating: "a", count: 64)).sig",
            told: [
                "!1.1: 'sha256-\(String(repeating: "a", count: 64)).sig' carries a signature or referrers, and is never selected"
            ]),
        Row(list: "Not Applicable", told: ["!1.1: the list says that it is not used"]),
        Row(
            list: "quay.io/x/y:1, b", images: ["b:latest"],
            told: [
                "!1.1: 'quay.io/x/y:1' stands at 'quay.io', and the rule copies from 'registry.example.com'"
            ]),
        Row(
            list: "localhost:5000/app",
            told: [
                "!1.1: 'localhost:5000/app' stands at 'localhost:5000', and the rule copies from 'registry.example.com'"
            ]),
    ]

    @Test("says what can't be meant, and goes on", arguments: refused)
    func refuses(row: Row) throws { try check(row) }

    /// Where names at the destination differ from those at the source.
    static let renamed = [
        Row(
            list: "ubuntu,library/nginx,docker.io/redis:7,index.docker.io/team/app", source: "docker.io",
            images: [
                "library/nginx:latest", "library/redis:7 -> docker.io/redis:7",
                "library/ubuntu:latest -> ubuntu:latest",
                "team/app:latest -> index.docker.io/team/app:latest",
            ]),
        Row(
            list: "ubuntu,quay.io/a", source: "docker.io", images: ["library/ubuntu:latest -> ubuntu:latest"],
            told: ["!2.8: 'quay.io/a' stands at 'quay.io', and the rule copies from 'docker.io'"]),
        Row(
            list: "ubuntu,a/b", source: "docker.io", names: NameTemplate(text: "hub/{repository}"),
            images: ["a/b:latest -> hub/a/b:latest", "library/ubuntu:latest -> hub/ubuntu:latest"]),
        Row(
            list: "quay.io/a/b", source: "quay.io", names: NameTemplate(text: "{registry}/{repository}"),
            images: ["a/b:latest -> quay.io/a/b:latest"]),
        Row(
            list: "quay.io/a/b", source: "quay.io", names: NameTemplate(text: "all/{name}"),
            images: ["a/b:latest -> all/b:latest"]),
        Row(
            list: "public.ecr.aws/a/b,a/c", source: "public.ecr.aws",
            images: ["a/b:latest -> public.ecr.aws/a/b:latest", "a/c:latest"]),
        Row(
            list: "a/b,\(ecr)/a/c,quay.io/kept/name", source: ecr,
            images: ["a/b:latest", "a/c:latest", "quay.io/kept/name:latest"]),
        Row(
            list: "a,999999999999.dkr.ecr.eu-west-1.amazonaws.com/b", source: ecr, images: ["a:latest"],
            told: [
                "!2.3: '999999999999.dkr.ecr.eu-west-1.amazonaws.com/b' stands at '999999999999.dkr.ecr.eu-west-1.amazonaws.com', and the rule copies from '\(ecr)'"
            ]),
    ]

    static let ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"

    @Test("names are those that the Hub gave", arguments: renamed)
    func names(row: Row) throws { try check(row) }

    @Test("a registry by account and region knows its own host")
    func ownHost() throws {
        var registry = RegistryDeclaration(
            name: "own", ecr: ECRDeclaration(account: "123456789012", region: "eu-west-1"))
        let rule = Self.rule()
        #expect(rule.adding(list: "\(Self.ecr)/a:1", from: registry).notes.isEmpty)
        registry.ecr?.account = nil
        let told = rule.adding(list: "\(Self.ecr)/a:1", from: registry).notes
        #expect(told.map(\.isFault) == [true] && told[0].hint?.contains("'account'") == true)
        registry.host = Self.ecr
        #expect(rule.adding(list: "\(Self.ecr)/a:1", from: registry).notes.isEmpty)
    }

    @Test("what is added stands behind the rule's own entries, with the rule's platforms")
    func adds() throws {
        var rule = Self.rule()
        rule.images = [ImageEntry(repositories: .named(try RepositoryName("own")), tags: TagSelector())]
        rule.listPlatforms = PlatformChoice([try PlatformSelector("linux/amd64")], flattens: true)
        let added = rule.adding(
            list: "a,b:ALL_TAGS", from: RegistryDeclaration(name: "from", host: "registry.example.com")
        ).rule
        #expect(added.images.count == 3 && added.images[0] == rule.images[0])
        #expect(added.images[1].platforms == rule.listPlatforms && added.images[0].platforms == nil)
        #expect(added.images[2].tags == TagSelector())
    }

    @Test("a list that is too long is not read")
    func tooLong() {
        let list = String(repeating: "a,", count: ImageListText.mostBytes)
        let source = RegistryDeclaration(name: "from", host: "registry.example.com")
        let (rule, notes) = Self.rule().adding(list: list, from: source)
        #expect(rule.images.isEmpty && notes.map(\.isFault) == [true])
        let most = String(repeating: ",", count: ImageListText.mostBytes)
        let reading = ImageListText.read(most, for: Self.rule(), from: source)
        #expect(reading.notes.count == 1_001 && !reading.notes.contains(where: \.isFault))
        #expect(reading.notes.last?.message == "there is more to be told of this list")
        let faulty = ImageListText.read(most.dropLast(2) + "A", for: Self.rule(), from: source)
        #expect(faulty.notes.count == 1_001 && faulty.notes.last?.isFault == true)
    }

    @Test("what steers a terminal is not repeated")
    func printable() {
        let source = RegistryDeclaration(name: "from", host: "registry.example.com")
        let notes = Self.rule().adding(list: "a\u{1B}[2Jb", from: source).notes
        #expect(notes.count == 1 && !"\(notes)".contains("\u{1B}"))
    }

    private static func rule() -> Replication {
        Replication(name: "rule", source: "from", destination: Destination(registry: "to"), images: [])
    }

    /// Long texts are cut in messages.
    private static func cut(_ message: String) -> String {
        let parts = message.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        return parts[0] + String(parts[1]).quoted + parts[2]
    }

    private func check(_ row: Row) throws {
        var rule = Self.rule()
        rule.destination.repository = row.names
        let source = RegistryDeclaration(name: "from", host: row.source)
        let (added, notes) = rule.adding(list: row.list, from: source)
        let told = notes.map { "\($0.isFault ? "!" : "")\($0.item).\($0.character): \($0.message)" }
        #expect(told == row.told)
        // What is selected is what counts; tags are listed where all are wanted.
        let needing = Selection.repositoriesNeedingTags(added)
        let listed = Dictionary(uniqueKeysWithValues: needing.map { ($0, ["listed"]) })
        let selection = Selection.select(rule: added, sourceHost: row.source, tags: listed)
        #expect(selection.faults.isEmpty)
        let images = selection.claims.map { claim in
            let tag = claim.sourceTag.description == "listed" ? "*" : claim.sourceTag.description
            let here = "\(claim.sourceRepository):\(tag)" + (claim.pin.map { "@" + $0.short.suffix(6) } ?? "")
            let there = "\(claim.destinationRepository):\(claim.destinationTag)"
            return claim.destinationRepository == claim.sourceRepository ? here : "\(here) -> \(there)"
        }
        #expect(images.sorted() == row.images.sorted())
    }
}

import Lab
import OCI
import Registry
import Testing

@Suite("Lists", .timeLimit(.minutes(3))) struct ListTests {
    private static let registry = Result { try DockerRegistry() }
    private let name = RepositoryName.named

    private func scripted(tags: Int, _ knobs: RegistryKnobs) throws -> ScriptedRegistry {
        let registry = try ScriptedRegistry(knobs)
        for image in try ImageMaker(Shape { $0.tags = tags }).images() { try registry.hold(image) }
        return registry
    }

    @Test("names of a catalog that are none of repositories are passed over with a word")
    func oddNames() async throws {
        let registry = try ScriptedRegistry { _ in .json(200, #"{"repositories":["a","B!","../c"]}"#) }
        let lab = try ClientLab(registry.url)
        for _ in 0..<2 { #expect(try await lab.client.repositories() == [RepositoryName("a")]) }
        #expect(lab.log.warnings.count == 1)
        #expect(lab.log.warnings.first?.contains("2 names") == true)
    }

    @Test("tags and repositories of a real registry, and one that is not there")
    func real() async throws {
        let registry = try Self.registry.get()
        let shape = Shape {
            $0.repositories = 3
            $0.tags = 4
        }
        try Seeder(registry.endpoint).push(shape)
        let client = try ClientLab(registry.url).client
        #expect(Set(try await client.tags(in: name("lab/r002")).tags) == Set(shape.tagNames))
        #expect(try await client.tags(in: name("lab/none")) == .absent)
        #expect(try await client.repositories() == shape.repositoryNames.map { try name($0) })
    }

    @Test("follows pages to their end", arguments: [1, 7, 100])
    func pages(size: Int) async throws {
        let registry = try scripted(tags: 23, RegistryKnobs { $0.pageSize = size })
        let tags = try await ClientLab(registry.url).client.tags(in: name("lab/r001")).tags
        #expect(tags.count == 23 && Set(tags).count == 23)
        #expect(registry.requests.count == max(1, (23 + size - 1) / size))
        #expect(registry.requests[0].target == "/v2/lab/r001/tags/list?n=1000")
    }

    @Test("a list that goes round ends with a reason")
    func endless() async throws {
        let registry = try scripted(tags: 2, RegistryKnobs { $0.hasEndlessPages = true })
        let failure = await failure { try await ClientLab(registry.url).client.tags(in: name("lab/r001")) }
        #expect(failure?.kind == .malformed && failure?.isTransient == false)
        #expect(
            failure?.description
                == "cannot list tags lab/r001 at \(registry.host): malformed answer (the list repeats itself)"
        )
        #expect(registry.requests.count == 4)
    }

    @Test("an empty page in between is not the end")
    func barren() async throws {
        let registry = try ScriptedRegistry { request in
            let turn = request.query("turn") ?? "0"
            let next: Headers = [
                "Link": "<list?turn=\((Int(turn) ?? 0) + 1)>; title=\"a, b\"; rel=\"prev next\""
            ]
            switch turn {
            case "0": return .json(200, #"{"tags": ["a"]}"#, headers: next)
            case "1": return .json(200, #"{"tags": null}"#, headers: next)
            default: return .json(200, #"{"tags": ["b"]}"#)
            }
        }
        #expect(try await ClientLab(registry.url).client.tags(in: name("a")) == .tags(["a", "b"]))
    }

    @Test("a next page stays at the registry, whatever host it names")
    func foreignPage() async throws {
        let stranger = try ScriptedRegistry()
        let registry = try ScriptedRegistry { request in
            request.query("last") == nil
                ? .json(
                    200, #"{"tags": ["a"]}"#,
                    headers: ["Link": "<\(stranger.url)/v2/a/tags/list?last=a>; rel=next"])
                : .json(200, #"{"tags": ["b"]}"#)
        }
        #expect(try await ClientLab(registry.url).client.tags(in: name("a")) == .tags(["a", "b"]))
        #expect(stranger.requests.isEmpty)
    }

    @Test("a page that is lost on the way is not the end of the list")
    func lostPage() async throws {
        let registry = try ScriptedRegistry { request in
            request.query("last") == nil
                ? .json(200, #"{"tags": ["a"]}"#, headers: ["Link": "</v2/a/tags/list?last=a>; rel=next"])
                : .error(404, "NAME_UNKNOWN")
        }
        #expect(
            await failure { try await ClientLab(registry.url).client.tags(in: name("a")) }?.kind == .notFound)
    }

    @Test("what is no list is told", arguments: ["<html>", "[]", #"{"tags": "a"}"#, ""])
    func noList(body: String) async throws {
        let registry = try ScriptedRegistry { _ in ScriptedResponse(200, body: body) }
        let failure = await failure { try await ClientLab(registry.url).client.tags(in: name("a")) }
        #expect(failure?.kind == .malformed)
    }

    @Test("a registry without a catalog says what to do", arguments: [404, 401, 403, 405])
    func noCatalog(status: Int) async throws {
        let registry = try ScriptedRegistry { _ in
            var answer = ScriptedResponse.error(status, "DENIED")
            answer.headers["WWW-Authenticate"] = "Basic realm=x"
            return answer
        }
        let failure = await failure { try await ClientLab(registry.url).client.repositories() }
        #expect(failure?.kind == .unsupported)
        let hint = "this registry tells no list of its repositories; name each under 'repository:'"
        #expect(failure?.detail.hasPrefix(hint) == true)
    }
}

import Desired
import OCI
import Testing

@Suite("Collision") struct CollisionTests {
    private func claim(
        _ rule: String, _ source: String, _ tag: String, pin: Digest? = nil, to destination: String = "cn"
    ) throws -> Claim {
        let place = source.split(separator: "/", maxSplits: 1).map(String.init)
        return Claim(
            rule: rule, sourceRegistry: place[0], sourceRepository: try RepositoryName(place[1]),
            sourceTag: try Tag(tag), pin: pin, destinationRegistry: destination,
            destinationRepository: try RepositoryName("mirror/app"), destinationTag: try Tag("v1"))
    }

    /// Two names for one registry, and one registry each for the others.
    private func host(_ registry: String) -> String {
        registry == "cn2" ? "cn.example" : registry + ".example"
    }

    @Test("tells of two sources for one tag, with both rules") func twoSources() throws {
        let claims = [try claim("a", "hub/team/app", "v1"), try claim("b", "quay/x/app", "v1", to: "cn2")]
        let collisions = Selection.collisions(among: claims, host: host)
        let line =
            "cn.example/mirror/app:v1 is wanted by rule 'a' from hub.example/team/app:v1"
            + " and by rule 'b' from quay.example/x/app:v1"
        #expect(collisions.map(\.description) == [line])
        #expect(collisions.first?.first == claims[0])
        #expect(collisions.first?.second == claims[1])
    }

    @Test("finds none where source or destination agree") func none() throws {
        var other = try claim("b", "hub/team/web", "v1")
        other.destinationRepository = try RepositoryName("mirror/web")
        let claims = [
            try claim("a", "hub/team/app", "v1"), try claim("b", "hub/team/app", "v1"), other,
            try claim("c", "hub/team/web", "v1", to: "eu"),
        ]
        #expect(Selection.collisions(among: claims, host: host).isEmpty)
    }

    @Test("takes a pinned image for another one") func pins() throws {
        let digest = try Digest("sha256:" + String(repeating: "a", count: 64))
        let claims = [
            try claim("a", "hub/team/app", "v1"), try claim("b", "hub/team/app", "v1", pin: digest),
        ]
        let collisions = Selection.collisions(among: claims, host: host)
        #expect(collisions.map(\.secondSource) == ["hub.example/team/app:v1@\(digest)"])
    }

    @Test("tells each further source once, within one rule too") func further() throws {
        let claims = try ["1", "2", "3", "2", "1"].map { try claim("a", "hub/team/app", $0) }
        let collisions = Selection.collisions(among: claims, host: host)
        #expect(collisions.map(\.second.sourceTag.description) == ["2", "3"])
    }
}

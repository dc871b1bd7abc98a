import Foundation
import Lab

/// A front with one account at home and another in China, and a client that is logged in at one of its registries.
struct FrontBench {
    static let own = "111122223333"
    static let other = "444455556666"
    static let here = ECRPlace(own, "eu-west-1")
    static let there = ECRPlace(other, "cn-north-1")

    let front: ECRFront
    let place: ECRPlace

    /// Starts one, with a repository `team/app` in the place.
    init(_ place: ECRPlace = here, moto: Bool = false) throws {
        front = try ECRFront([Self.here, Self.there], moto: moto)
        self.place = place
        try front.create("team/app", at: place)
    }

    var endpoint: Endpoint {
        get throws { try front.registryEndpoint(account: place.account, region: place.region) }
    }

    /// Sends a request below `/v2/` with the place's own login, or another.
    func send(
        _ method: String, _ path: String, _ headers: Headers = [:], body: RawBody = .none, login: Login? = nil
    ) throws -> RawAnswer {
        try RawClient(endpoint, login: login ?? front.login(place)).send(
            method, path.hasPrefix("/") ? path : "/v2/\(path)", headers: headers, body: body)
    }

    /// Pushes an image as a good client would.
    @discardableResult func push(_ repository: String = "team/app", _ tag: String = "v1") throws -> MadeImage
    {
        let image = try ImageMaker(Shape { $0.layerSizes = [3_000, 2_000] }).image(repository, tag)
        try Seeder(endpoint, login: front.login(place)).push(image)
        return image
    }

    /// Puts a manifest with some members under a reference.
    func put(
        _ members: String, as reference: String, in repository: String = "team/app",
        type: String = "application/vnd.oci.image.manifest.v1+json"
    ) throws -> RawAnswer {
        let json = #"{"schemaVersion":2,"mediaType":"\#(type)",\#(members)}"#
        return try send(
            "PUT", "\(repository)/manifests/\(reference)", ["Content-Type": type],
            body: .bytes(Array(json.utf8)))
    }

    /// Begins an upload and says where it goes on.
    func begin(_ repository: String = "team/app", _ query: String = "") throws -> (
        answer: RawAnswer, place: String
    ) {
        let answer = try send("POST", "\(repository)/blobs/uploads/\(query)")
        return (answer, answer.headers["Location"] ?? "")
    }

    /// Puts a small blob into a repository, and returns it.
    @discardableResult func blob(_ text: String, in repository: String = "team/app") throws -> MadeBlob {
        let blob = MadeBlob(Array(text.utf8))
        try Seeder(endpoint, login: front.login(place)).push(blob, to: repository)
        return blob
    }
}

extension RawAnswer {
    /// The code of the first error.
    var code: String? {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(body)))?["errors"]?.list.first?["code"]?.text
    }

    /// The body as JSON.
    var json: JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(body)) }
}

extension MadeBlob {
    /// How a manifest names it.
    func named(_ type: String = "application/vnd.oci.image.layer.v1.tar+gzip") -> String {
        #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(size)}"#
    }
}

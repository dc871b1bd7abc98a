import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("CurlLoop", .timeLimit(.minutes(3))) struct CurlLoopTests {
    private let loop: CurlLoop
    private let server: ScriptedServer

    init() throws {
        loop = try CurlLoop()
        server = try ScriptedServer { request in
            ScriptedResponse(200, headers: ["X-Method": request.method], body: request.body)
        }
    }

    @Test(
        "sends bodies as they are and brings them back",
        arguments: [HTTPRequest.Method.post, .put, .patch, .delete], [0, 1, 70_000, 4 << 20])
    func bodies(method: HTTPRequest.Method, size: Int) async throws {
        let bytes = noise(size)
        let answer = try await loop.send(request(method, server.url + "/x?y=z", body: bytes))
        #expect(answer.isSuccess && answer.body == bytes)
        #expect(answer.headers[.init("X-Method")!] == method.rawValue)
        let seen = try #require(server.requests.first)
        #expect(seen.target == "/x?y=z" && seen.body == bytes)
        #expect(seen.headers["Content-Length"] == "\(size)")
    }

    @Test("a GET has no body, and a HEAD's answer none")
    func bodiless() async throws {
        let got = try await loop.send(request(.get, server.url))
        #expect(got.body.isEmpty && server.requests[0].headers["Content-Length"] == nil)
        let big = try ScriptedServer { _ in ScriptedResponse(body: noise(9 << 20)) }
        let head = try await loop.send(request(.head, big.url))
        #expect(head.headers[.contentLength] == "\(9 << 20)" && head.body.isEmpty)
        #expect(big.requests[0].method == "HEAD")
    }

    @Test("adds no field of its own", arguments: [HTTPRequest.Method.get, .post, .put])
    func fields(method: HTTPRequest.Method) async throws {
        let body: [UInt8]? = method == .get ? nil : noise(2 << 20)
        let headers: HTTPFields = [.userAgent: "me", .init("X-Empty")!: ""]
        _ = try await loop.send(request(method, server.url, headers: headers, body: body))
        let names = Set(server.requests[0].headers.fields.map { $0.name.lowercased() })
        #expect(names.subtracting(["content-length"]) == ["host", "user-agent", "x-empty"])
    }

    @Test("sends the fields that it is given")
    func given() async throws {
        let headers: HTTPFields = [.accept: "a, b", .contentType: "c/d", .authorization: "Basic x"]
        _ = try await loop.send(request(.post, server.url, headers: headers, body: [1]))
        let seen = server.requests[0].headers
        #expect(
            seen["Accept"] == "a, b" && seen["Content-Type"] == "c/d" && seen["Authorization"] == "Basic x")
    }

    @Test("keeps the spelling of a path")
    func path() async throws {
        _ = try await loop.send(
            Request(.get, Address(origin: try Address(server.url).origin, target: "/a%2Fb/../c?d=%20&e")))
        #expect(server.requests[0].target == "/a%2Fb/../c?d=%20&e")
    }

    @Test("passes over interim answers and trailers")
    func interim() async throws {
        let server = try RawServer(
            saying: "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nX-B: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nhi\r\n0\r\nContent-Length: 77\r\nX-C: 3\r\n\r\n")
        let answer = try await loop.send(request(.get, server.url))
        #expect(answer.status == 200 && answer.body == Array("hi".utf8))
        #expect(answer.headers.map(\.name.rawName) == ["X-B", "Transfer-Encoding"])
    }

    @Test("keeps every value of a field, blanks cut")
    func values() async throws {
        let server = try RawServer(
            saying: "HTTP/1.1 401 No\r\nWWW-Authenticate:  Basic a \r\nwww-authenticate:\tBearer b\r\n"
                + "X-Empty:\r\nContent-Length: 0\r\n\r\n")
        let answer = try await loop.send(request(.get, server.url))
        #expect(answer.headers[values: .wwwAuthenticate] == ["Basic a", "Bearer b"])
        #expect(answer.headers[.init("X-Empty")!] == "")
    }

    @Test("reads a body that ends with the connection")
    func untilClose() async throws {
        let server = try RawServer(saying: "HTTP/1.1 200 OK\r\n\r\nall of it")
        #expect(try await loop.send(request(.get, server.url)).body == Array("all of it".utf8))
    }

    @Test("reads chunked answers")
    func chunked() async throws {
        let bytes = noise(300_000)
        let server = try ScriptedServer.holding(bytes, chunked: true)
        #expect(try await loop.send(request(.get, server.url)).body == bytes)
    }

    @Test("uses a connection again")
    func reuse() async throws {
        let proxy = try CountingProxy(to: server.endpoint)
        for number in 0..<20 {
            let method: HTTPRequest.Method = [.get, .head, .post, .put][number % 4]
            let body: [UInt8]? = number % 4 < 2 ? nil : noise(number * 1000)
            _ = try await loop.send(request(method, proxy.url, body: body))
        }
        #expect(proxy.counts.connections == 1 && proxy.counts.requests == 20)
    }

    @Test("a kept connection that has died is no failure")
    func deadConnection() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readRequest()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        for _ in 0..<5 { #expect(try await loop.send(request(.get, server.url)).status == 200) }
        #expect(server.connections == 5)
    }

    @Test("carries 200 at once")
    func many() async throws {
        let bytes = noise(50_000)
        let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<200 {
                group.addTask { [loop, server] in
                    try await loop.send(request(.put, server.url + "/\(number)", body: bytes)).body
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 200 && answers.allSatisfy { $0 == bytes })
        #expect(Set(server.requests.map(\.target)).count == 200)
    }
}

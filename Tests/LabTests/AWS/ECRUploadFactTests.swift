import Foundation
import Lab
import Testing

@Suite("ECR's habits with blobs", .enabled(if: Judges.areInstalled)) struct ECRUploadFactTests {
    @Test("PATCH answers 201 and a Range that stays; who trusts it is refused", arguments: [true, false])
    func patch(isOdd: Bool) throws {
        let bench = try FrontBench()
        try bench.front.set { $0.oddPatch = isOdd }
        var place = try bench.begin().place
        let pieces = ["abcde", "fgh"]
        var begin = 0
        for piece in pieces {
            let answer = try bench.send(
                "PATCH", place, ["Content-Range": "\(begin)-\(begin + piece.utf8.count - 1)"],
                body: .bytes(Array(piece.utf8)))
            begin += piece.utf8.count
            #expect(answer.status == (isOdd ? 201 : 202))
            #expect(answer.headers["Range"] == (isOdd ? "0-4" : "0-\(begin - 1)"))
            place = try #require(answer.headers["Location"])
        }
        #expect(try bench.send("GET", place).headers["Range"] == (isOdd ? "0-4" : "0-7"))
        let again = try bench.send(
            "PATCH", place, ["Content-Range": "5-7"], body: .bytes(Array("fgh".utf8)))
        #expect(again.status == 416)
        let blob = MadeBlob(Array("abcdefgh".utf8))
        let end = try bench.send("PUT", place + "&digest=\(blob.digest)")
        #expect(end.status == 201 && end.headers["Docker-Content-Digest"] == blob.digest)
        #expect(try bench.send("HEAD", "team/app/blobs/\(blob.digest)").headers["Content-Length"] == "8")
    }

    @Test("a blob of no bytes is refused, or taken")
    func empty() throws {
        let bench = try FrontBench()
        let nothing = MadeBlob([])
        let refused = try bench.send("PUT", bench.begin().place + "&digest=\(nothing.digest)")
        #expect(refused.status == 400 && refused.code == "BLOB_UPLOAD_INVALID")
        try bench.front.set { $0.refusesEmptyBlobs = false }
        #expect(try bench.send("PUT", bench.begin().place + "&digest=\(nothing.digest)").status == 201)
    }

    @Test("a body in chunks arrives whole; a wrong digest is refused")
    func chunked() throws {
        let bench = try FrontBench()
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let blob = MadeBlob(bytes)
        let wrong = try bench.send(
            "PUT", bench.begin().place + "&digest=\(MadeBlob([1]).digest)", body: .bytes(bytes))
        #expect(wrong.status == 400 && wrong.code == "DIGEST_INVALID")
        let right = try bench.send(
            "PUT", bench.begin().place + "&digest=\(blob.digest)", body: .chunked(bytes, size: 7_000))
        #expect(right.status == 201)
        try bench.front.set { $0.redirectsBlobs = false }
        let read = try bench.send("GET", "team/app/blobs/\(blob.digest)")
        #expect(read.status == 200 && read.body == bytes)
        let part = try bench.send("GET", "team/app/blobs/\(blob.digest)", ["Range": "bytes=10-19"])
        #expect(part.status == 206 && part.body == Array(bytes[10..<20]))
    }

    @Test(
        "a mount needs the setting, a manifest that names the blob, and equal encryption; else an upload begins"
    )
    func mounts() throws {
        let bench = try FrontBench()
        try bench.front.create("team/copy", "team/copies", at: bench.place)
        try bench.front.create("team/safe", at: bench.place) {
            $0.encryption = ["encryptionType": "KMS"]
        }
        let loose = try bench.blob("a loose blob")
        let image = try bench.push()
        let held = image.blobs[0].digest
        func mount(_ digest: String, into repository: String = "team/copy") throws -> Int {
            try bench.begin(repository, "?mount=\(digest)&from=team/app").answer.status
        }
        #expect(try mount(held) == 202)
        try bench.front.setMounting(true, at: bench.place)
        #expect(try mount(loose.digest) == 202)
        #expect(try mount(held, into: "team/safe") == 202)
        #expect(try mount(held) == 201)
        #expect(try bench.send("HEAD", "team/copy/blobs/\(held)").status == 200)
        #expect(try bench.send("HEAD", "team/copies/blobs/\(held)").status == 404)
        #expect(
            try bench.front.requests().filter { $0.kind == "mount" }.map(\.status) == [202, 202, 202, 201])
        try bench.front.set { $0.sharesBlobs = true }
        #expect(try bench.send("HEAD", "team/copies/blobs/\(loose.digest)").status == 200)
    }

    @Test("GET of a blob leads to a bucket that takes no login and no HEAD")
    func redirect() throws {
        let bench = try FrontBench()
        let blob = try bench.blob("some bytes of a layer")
        let answer = try bench.send("GET", "team/app/blobs/\(blob.digest)")
        #expect(answer.status == 307)
        let location = try #require(answer.headers["Location"])
        let bucket = try #require(Endpoint(location))
        #expect(try bucket.host != bench.endpoint.host)
        let target = String(location.dropFirst("http://\(bucket)".count))
        func ask(_ method: String, _ headers: Headers = [:], _ target: String) throws -> RawAnswer {
            try RawClient(bucket).send(method, target, headers: headers)
        }
        #expect(try ask("GET", [:], target).text == "some bytes of a layer")
        #expect(try ask("GET", ["Range": "bytes=5-9"], target).text == "bytes")
        #expect(try ask("GET", ["Authorization": "Basic QQ=="], target).status == 400)
        #expect(try ask("HEAD", [:], target).status == 403)
        #expect(try ask("GET", [:], target.replacing("Signature=", with: "Signature=0")).status == 403)
        #expect(try bench.send("GET", "team/app/blobs/\(MadeBlob([9]).digest)").code == "BLOB_UNKNOWN")
        #expect(try bench.front.counts()["bucket get"] == 4)
    }

    @Test("a part that is too short is the last one")
    func parts() throws {
        let bench = try FrontBench()
        try bench.front.set(at: bench.place) { $0.smallestPart = 5 }
        func patch(_ place: String, _ text: String) throws -> RawAnswer {
            try bench.send("PATCH", place, body: .bytes(Array(text.utf8)))
        }
        let first = try patch(bench.begin().place, "abcde")
        let second = try patch(#require(first.headers["Location"]), "fgh")
        let place = try #require(second.headers["Location"])
        let blob = MadeBlob(Array("abcdefgh".utf8))
        #expect(try patch(place, "ijklm").status == 400)
        #expect(try bench.send("PUT", place + "&digest=\(blob.digest)").status == 201)
    }

    @Test("a blob that no manifest refers to may be gone at any time")
    func swept() throws {
        let bench = try FrontBench()
        let image = try bench.push()
        let loose = try bench.blob("loose")
        #expect(try bench.front.sweep(bench.place) == 1)
        #expect(try bench.send("HEAD", "team/app/blobs/\(loose.digest)").status == 404)
        #expect(try bench.send("HEAD", "team/app/blobs/\(image.blobs[0].digest)").status == 200)
        let put = try bench.put(#""config":\#(loose.named()),"layers":[]"#, as: "v2")
        #expect(put.code == "MANIFEST_BLOB_UNKNOWN")
    }

    @Test("an upload is cancelled, and is then unknown")
    func cancelled() throws {
        let bench = try FrontBench()
        let place = try bench.begin().place
        #expect(try bench.send("DELETE", place).status == 204)
        #expect(try bench.send("PATCH", place, body: .bytes([1])).code == "BLOB_UPLOAD_UNKNOWN")
        #expect(try bench.front.registry(account: "111122223333", region: "eu-west-1").openUploads() == [])
    }
}

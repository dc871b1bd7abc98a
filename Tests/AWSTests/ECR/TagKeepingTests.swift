import OCI
import Testing

@testable import AWS

@Suite("TagKeeping") struct TagKeepingTests {
    @Test(
        "knows which tags stay",
        arguments: [
            (false, [], "v1", false), (true, [], "v1", true), (true, ["dev-*"], "dev-7", false),
            (true, ["dev-*"], "v1", true), (true, ["*"], "v1", false), (true, ["*a*b"], "xaxxb", false),
            (true, ["*a*b"], "xaxxbc", true), (true, ["latest"], "latest", false),
            (true, ["latest"], "latest2", true), (false, ["v*"], "v1", true), (false, ["v*"], "dev", false),
        ])
    func keeps(isImmutable: Bool, exceptions: [String], tag: String, keeps: Bool) throws {
        let keeping = TagKeeping(isImmutable: isImmutable, exceptions: exceptions)
        #expect(keeping.keeps(try Tag(tag)) == keeps)
    }

    @Test("goes by ECR's words")
    func words() {
        #expect(TagKeeping(isImmutable: true).word == "IMMUTABLE")
        #expect(TagKeeping(isImmutable: true, exceptions: ["a"]).word == "IMMUTABLE_WITH_EXCLUSION")
        #expect(TagKeeping(isImmutable: false, exceptions: ["a"]).word == "MUTABLE_WITH_EXCLUSION")
        #expect(
            TagKeeping(isImmutable: true, exceptions: ["b", "a"]).isSame(
                as: TagKeeping(isImmutable: true, exceptions: ["a", "b"])))
    }
}

@Suite("PolicyText") struct PolicyTextTests {
    @Test(
        "takes for one what AWS itself rewrites",
        arguments: [
            (#"{"a":1,"b":[2]}"#, #"{ "b": 2, "a": 1 }"#),
            (#"{"AWS":"111122223333"}"#, #"{"AWS":["arn:aws:iam::111122223333:root"]}"#),
            (#"{"Action":["ecr:B","ecr:A"]}"#, #"{"Action":["ecr:A","ecr:B"]}"#),
        ])
    func same(left: String, right: String) { #expect(PolicyText.form(left) == PolicyText.form(right)) }

    @Test(
        "tells apart what differs",
        arguments: [
            (#"{"a":1}"#, #"{"a":2}"#), (#"{"a":"1"}"#, #"{"a":1}"#), (#"{"a":[1,2]}"#, #"{"a":[1]}"#),
            (#"{"AWS":"111122223333"}"#, #"{"AWS":"arn:aws:iam::111122223333:role/x"}"#), ("{", "[}"),
        ])
    func other(left: String, right: String) { #expect(PolicyText.form(left) != PolicyText.form(right)) }
}

import Foundation
import Lab
import Registry
import Testing

@testable import AWS

@Suite("Stored secrets") struct StoredSecretTests {
    private static let both =
        #""access_key_id": "AKIASTOREDSTORED", "secret_access_key": "stored-and-secret""#

    private func read(_ text: String) throws(AWSError) -> StoredSecret {
        try StoredSecret(parsing: Secret(text), from: "parameter 'p'")
    }

    @Test("keys, as the Data Replication Hub kept them, also in base64 and with what may stand beside them")
    func keys() throws {
        let plain = "{\(Self.both)}"
        for text in [plain, Data(plain.utf8).base64EncodedString(), " \n\(plain)\n"] {
            guard case .keys(let keys, nil) = try read(text) else { return #expect(Bool(false), "\(text)") }
            #expect(keys.id == "AKIASTOREDSTORED" && keys.secret.reveal() == "stored-and-secret")
            #expect(keys.sessionToken == nil && keys.origin == "parameter 'p'")
        }
        let role = #""role_arn": "arn:aws-cn:iam::123456789012:role/x", "external_id": "them/1""#
        let more = try read("{\(Self.both), \(role), \"session_token\": \"tok\", \"other\": [1]}")
        guard case .keys(let keys, let found?) = more else { return #expect(Bool(false)) }
        #expect(keys.sessionToken?.reveal() == "tok")
        #expect(found == Role(arn: "arn:aws-cn:iam::123456789012:role/x", externalID: "them/1"))
    }

    @Test("a login, with a password or a token; what is empty or null is not there")
    func logins() throws {
        let pair = try read(#"{"username": "captain", "password": "pass:word", "token": null}"#)
        guard case .login(let login) = pair else { return #expect(Bool(false)) }
        #expect(login == .basic(username: "captain", password: Secret("pass:word")))
        let other = try read(#"{"token": "abc", "username": "", "access_key_id": ""}"#)
        guard case .login(let token) = other else { return #expect(Bool(false)) }
        #expect(token == .bearer(Secret("abc")))
    }

    @Test(
        "what it lacks is told, and none of its content",
        arguments: [
            ("SECRETTEXT", "it is no JSON object"),
            (#""SECRETTEXT""#, "it is no JSON object"),
            (#"["SECRETTEXT"]"#, "it is no JSON object"),
            ("", "it is no JSON object"),
            (#"{"SECRETTEXT": "SECRETTEXT"}"#, "it lacks what is wanted"),
            (#"{"access_key_id": "SECRETTEXT"}"#, "it lacks secret_access_key"),
            (#"{"secret_access_key": "SECRETTEXT"}"#, "it lacks access_key_id"),
            (#"{"role_arn": "SECRETTEXT"}"#, "it lacks access_key_id"),
            (
                #"{"access_key_id": "SECRETTEXT", "secret_access_key": 17}"#,
                "its secret_access_key is no text"
            ),
            (
                #"{"access_key_id": "SECRET TEXT", "secret_access_key": "x"}"#,
                "holds characters that none has"
            ),
            (#"{\#(both), "role_arn": "SECRETTEXT"}"#, "its role_arn or its external_id"),
            (#"{\#(both), "external_id": "SECRETTEXT"}"#, "it lacks role_arn"),
            (#"{\#(both), "password": "SECRETTEXT"}"#, "keep each apart"),
            (#"{"username": "SECRETTEXT"}"#, "it lacks password"),
            (#"{"password": "SECRETTEXT"}"#, "it lacks username"),
            (#"{"username": "SECRETTEXT", "token": "x"}"#, "it holds a token and a user name"),
        ])
    func lacks(text: String, reason: String) {
        let error = #expect(throws: AWSError.self) { try read(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("SECRET") == false)
        #expect(error?.kind == .keys && error?.place == "parameter 'p'")
    }

    @Test("it is bounded")
    func bounded() {
        let text = "{\"token\": \"\(String(repeating: "x", count: 64 << 10))\"}"
        let error = #expect(throws: AWSError.self) { try read(text) }
        #expect(error?.description.contains("larger than 65536 bytes") == true)
    }
}

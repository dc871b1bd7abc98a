import FoundationEssentials
import Registry

/// The one call to Secrets Manager that is made (Secrets Manager API Reference, "GetSecretValue").
public struct SecretsManager: Sendable {
    private let client: AWSClient

    /// Asks with a client of `secretsmanager`.
    public init(_ client: AWSClient) { self.client = client }

    private struct Question: Encodable {
        var id: String
        var stage = "AWSCURRENT"

        enum CodingKeys: String, CodingKey {
            case id = "SecretId"
            case stage = "VersionStage"
        }
    }

    private struct Answer: Decodable {
        var text: String?
        var binary: Data?

        enum CodingKeys: String, CodingKey {
            case text = "SecretString"
            case binary = "SecretBinary"
        }
    }

    /// What a secret holds now, be it kept as a text or as bytes.
    ///
    /// - Parameter name: its name or its ARN.
    public func value(of name: String) async throws(AWSError) -> Secret {
        let place = name.printable(atMost: 200)
        let answer: Answer
        do {
            answer = try await client.call(
                "GetSecretValue", Question(id: name), answerLimit: StoredSecret.largestAnswer)
        } catch { throw error.explained(Self.reason(error.code, place)) }
        if let text = answer.text { return Secret(text) }
        guard let bytes = answer.binary, let text = String(validating: bytes, as: UTF8.self) else {
            throw client.failure(.malformed, "GetSecretValue", "secret '\(place)' holds no text")
        }
        return Secret(text)
    }

    private static func reason(_ code: String, _ name: String) -> String? {
        switch code {
        case "ResourceNotFoundException":
            "there is no secret '\(name)' in this account and region; correct its name, or its region"
        case "InvalidRequestException":
            "secret '\(name)' can't be read as it is now; it may be on its way to be deleted"
        case "DecryptionFailure": "the KMS key that secret '\(name)' is encrypted with can't be used"
        default: nil
        }
    }
}

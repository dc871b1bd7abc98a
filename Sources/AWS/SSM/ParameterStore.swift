import Registry

/// The one call to Systems Manager's parameters that is made (SSM API Reference, "GetParameter").
public struct ParameterStore: Sendable {
    private let client: AWSClient

    /// Asks with a client of `ssm`.
    public init(_ client: AWSClient) { self.client = client }

    private struct Question: Encodable {
        var name: String
        /// Without it, a SecureString comes as what it is encrypted to, which is nobody's secret.
        var isDecrypted = true

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case isDecrypted = "WithDecryption"
        }
    }

    private struct Answer: Decodable {
        struct Parameter: Decodable {
            var value: String

            enum CodingKeys: String, CodingKey { case value = "Value" }
        }
        var parameter: Parameter

        enum CodingKeys: String, CodingKey { case parameter = "Parameter" }
    }

    /// What a parameter holds, decrypted.
    ///
    /// - Parameter name: `name`, `name:3`, `name:label`, or the ARN of one that another account shares.
    public func value(of name: String) async throws(AWSError) -> Secret {
        do {
            let answer: Answer = try await client.call(
                "GetParameter", Question(name: name), answerLimit: StoredSecret.largestAnswer)
            return Secret(answer.parameter.value)
        } catch { throw error.explained(Self.reason(error.code, name.printable(atMost: 200))) }
    }

    private static func reason(_ code: String, _ name: String) -> String? {
        switch code {
        case "ParameterNotFound":
            "there is no parameter '\(name)' in this account and region; correct its name, or its region"
        case "ParameterVersionNotFound": "parameter '\(name)' has no such version or label"
        case "InvalidKeyId": "the KMS key that parameter '\(name)' is encrypted with can't be used"
        default: nil
        }
    }
}

extension AWSError {
    /// The same failure with a better reason, where there is one; AWS often gives none.
    func explained(_ reason: String?) -> AWSError {
        var error = self
        if let reason { error.detail = reason }
        return error
    }
}

import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab

/// Stands in for STS, the container services and the metadata service, in the way that `Judges/chain.py` does.
enum StandIn {
    private static let expiry = "2027-01-16T00:00:00Z"

    static var transport: ScriptedTransport {
        ScriptedTransport { request, _ in
            switch request.address.origin.host {
            case "127.0.0.1": keys("CONTAINER")
            case "169.254.169.254": instance(request)
            default: role(request)
            }
        }
    }

    private static func keys(_ id: String) -> Response {
        Response(
            200,
            #"{"AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"\#(expiry)"}"#)
    }

    private static func instance(_ request: Request) -> Response {
        if request.method == .put { return Response(200, "token") }
        return request.address.target.hasSuffix("/") ? Response(200, "r") : keys("INSTANCE")
    }

    private static func role(_ request: Request) -> Response {
        var form: [String: String] = [:]
        for pair in request.text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.removingPercentEncoding ?? "" }
            form[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        let action = form["Action"] ?? ""
        let proof = request.headers[.authorization] ?? ""
        let signer = proof.firstMatch(of: /Credential=(.*)\/[0-9]{8}\/[^\/]*\/sts\/aws4_request,/).map {
            String($0.1)
        }
        guard action == "AssumeRoleWithWebIdentity" || signer != nil else { return Response(403) }
        let session = form["RoleSessionName"] ?? ""
        let parts = [
            form["RoleArn"] ?? "", form["ExternalId"] ?? "", form["DurationSeconds"] ?? "",
            session.hasPrefix("davit-") ? "" : session, form["WebIdentityToken"] ?? signer ?? "",
        ]
        let id = ("<" + parts.joined(separator: "|") + ">").replacing("<", with: "&lt;")
        return Response(
            200,
            """
            <?xml version="1.0"?><\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <\(action)Result><Credentials><AccessKeyId>\(id)</AccessKeyId>
              <SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
              <Expiration>\(expiry)</Expiration></Credentials></\(action)Result>
            </\(action)Response>
            """)
    }
}

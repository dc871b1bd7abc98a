import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab
import Registry

/// A made request, its signature by us, and all that somebody else needs to sign it as well.
struct SigningCase: Encodable {
    var method: String
    var url: String
    var fields: [[String]]
    var body: String
    var id: String
    var secret: String
    var token: String?
    var service: String
    var region: String
    var seconds: Int64
    /// The query's names and values, not encoded, where it is written in other ways than the canonical one.
    var parameters: [[String]]?
    var authorization: String

    /// Signs a request and writes down how.
    init(
        _ request: Request, keys: AccessKeys, scope: SigningScope, seconds: Int64, parameters: [[String]]?
    ) {
        method = request.method.rawValue
        url = request.address.description
        fields = request.headers.map { [$0.name.rawName, $0.value] }
        body = Data(request.body ?? []).base64EncodedString()
        (id, secret, token) = (keys.id, keys.secret.reveal(), keys.sessionToken?.reveal())
        (service, region) = (scope.service, scope.region)
        self.seconds = seconds
        self.parameters = parameters
        authorization = request.signed(with: keys, for: scope, at: seconds).headers[.authorization] ?? ""
    }

    /// A request as it arrived somewhere, with the signature that it brought.
    init(arrived request: ScriptedRequest, at origin: Origin, signedAs made: MadeRequest) {
        let proof = request.headers["Authorization"] ?? ""
        let names = proof.firstMatch(of: /SignedHeaders=([^,]*)/).map {
            $0.1.split(separator: ";").map(String.init)
        }
        method = request.method
        url = origin.description + request.target
        fields = request.headers.fields.filter {
            names?.contains($0.name.lowercased()) == true && $0.name != "Host"
        }
        .map { [$0.name, $0.value] }
        body = Data(request.body).base64EncodedString()
        (id, secret, token) = (made.keys.id, made.keys.secret.reveal(), made.keys.sessionToken?.reveal())
        (service, region, seconds) = (made.scope.service, made.scope.region, made.seconds)
        authorization = proof
    }

    /// A made request, signed here.
    init(_ made: MadeRequest) {
        self.init(
            made.request, keys: made.keys, scope: made.scope, seconds: made.seconds,
            parameters: made.parameters)
    }
}

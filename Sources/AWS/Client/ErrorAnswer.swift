import FoundationEssentials
import HTTP
import HTTPTypes
import Registry

/// What an answer says of a failure, in whichever of its forms it came.
///
/// A service that speaks JSON may answer in XML, or with nothing at all: what stands in front of it does not know what
/// it speaks. Then the status is all there is.
struct ErrorAnswer {
    /// The error's name, without its name space: `ThrottlingException`.
    var code = ""
    /// What it says, for people.
    var message = ""
    /// The request's id.
    var requestID: String?

    /// Bodies beyond this are no errors' and are not looked into.
    private static let largest = 256 << 10

    private struct Written: Decodable {
        var type: String?
        var lower: String?
        var upper: String?
        var code: String?

        private enum CodingKeys: String, CodingKey {
            case type = "__type"
            case lower = "message"
            case upper = "Message"
            case code
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            type = try? fields.decode(String.self, forKey: .type)
            lower = try? fields.decode(String.self, forKey: .lower)
            upper = try? fields.decode(String.self, forKey: .upper)
            code = try? fields.decode(String.self, forKey: .code)
        }
    }

    init(_ response: Response) {
        requestID = response.headers[.amazonRequestID]
        if let named = response.headers[.amazonErrorType] { code = named }
        switch response.body.count > Self.largest
            ? nil : response.body.first(where: { ![9, 10, 13, 32].contains($0) })
        {
        case UInt8(ascii: "{"): readJSON(response.body)
        case UInt8(ascii: "<"): readXML(response.body)
        default: break
        }
        trim()
    }

    private mutating func readJSON(_ body: [UInt8]) {
        guard let written = try? JSONDecoder().decode(Written.self, from: Data(body)) else { return }
        code = written.type ?? written.code ?? code
        message = written.lower ?? written.upper ?? ""
    }

    private mutating func readXML(_ body: [UInt8]) {
        guard let root = try? XMLNode(parsing: body) else { return }
        // `ErrorResponse` holds `Error`; some hold `Errors`, and that `Error`; some are `Error` themselves.
        let holder = root.first("Error") ?? root.first("Errors")?.first("Error") ?? root
        code = holder.first("Code")?.text ?? code
        message = holder.first("Message")?.text ?? ""
        requestID = requestID ?? (root.first("RequestId") ?? root.first("RequestID"))?.text
    }

    /// `com.amazonaws.ecr#Name:http://…` is `Name`; what is no name at all is none.
    private mutating func trim() {
        let name = code.split(separator: "#").last?.split(separator: ":").first.map(String.init) ?? ""
        let isName =
            name.utf8.count <= 100
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: ".")
            }
        code = isName ? name : ""
        requestID = requestID.map { $0.printable(atMost: 100) }
    }
}

extension HTTPField.Name {
    /// A request's id, for AWS's support.
    static let amazonRequestID = other("x-amzn-RequestId")
    /// An error's name, where the body may not hold it.
    static let amazonErrorType = other("x-amzn-ErrorType")
}

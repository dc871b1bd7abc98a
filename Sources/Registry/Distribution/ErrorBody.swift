import FoundationEssentials
import HTTP

/// The body of a registry's error answer (distribution-spec, "Error Codes"); others read as no errors.
struct ErrorBody: Decodable {
    private var errors: [Entry]

    private struct Entry: Decodable {
        var code: String?
        var message: String?
        var detail: Detail?

        /// Only a text is of use here; registries put anything else there too.
        struct Detail: Decodable {
            var text: String?
            init(from decoder: any Decoder) { text = try? decoder.singleValueContainer().decode(String.self) }
        }
    }

    /// Reads an answer's body.
    init(_ response: Response) {
        let read = try? JSONDecoder().decode(ErrorBody.self, from: Data(response.body.prefix(64 << 10)))
        errors = read?.errors ?? []
    }

    /// True when one of the errors has one of these codes.
    func has(_ codes: String...) -> Bool { errors.contains { codes.contains($0.code ?? "") } }

    /// True where what was shown has been right, and has ended.
    var tellsOfAnEnd: Bool {
        errors.contains { $0.code == "DENIED" && $0.message?.lowercased().contains("expired") == true }
    }

    /// The errors in one line, cut and without control characters.
    var text: String {
        let lines = errors.prefix(3).map { entry in
            [entry.code, entry.message, entry.detail?.text].compactMap { $0 }.filter { !$0.isEmpty }
                .joined(separator: ": ")
        }
        return lines.joined(separator: "; ").printable(atMost: 300)
    }
}

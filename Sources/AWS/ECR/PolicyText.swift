import FoundationEssentials

/// A policy's JSON in a form in which two that say the same are equal, as far as AWS itself rewrites them: the order of
/// keys, one element for a list of one, an account for the ARN of its root.
enum PolicyText {
    /// The form; a text that is no JSON is its own.
    static func form(_ text: String) -> String {
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else { return text }
        return value.form
    }

    /// A value of JSON.
    private enum Value: Decodable {
        case leaf(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let one = try decoder.singleValueContainer()
            if one.decodeNil() {
                self = .leaf("null")
            } else if let flag = try? one.decode(Bool.self) {
                self = .leaf("\(flag)")
            } else if let number = try? one.decode(Double.self) {
                self = .leaf("\(number)")
            } else if let text = try? one.decode(String.self) {
                self = .leaf("\"\(Self.account(ofRoot: text) ?? text)\"")
            } else if let list = try? one.decode([Value].self) {
                self = .list(list)
            } else {
                self = .object(try one.decode([String: Value].self))
            }
        }

        var form: String {
            switch self {
            case .leaf(let text): return text
            case .list(let values) where values.count == 1: return values[0].form
            case .list(let values): return "[" + values.map(\.form).sorted().joined(separator: ",") + "]"
            case .object(let values):
                let parts = values.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.form)" }
                return "{" + parts.joined(separator: ",") + "}"
            }
        }

        /// `123456789012` of `arn:aws:iam::123456789012:root`
        private static func account(ofRoot text: String) -> String? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[5] == "root" else {
                return nil
            }
            return String(parts[4])
        }
    }
}

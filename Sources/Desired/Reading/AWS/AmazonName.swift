/// The forms of names that AWS gives to things. Whether there is such a thing, AWS alone knows.
enum AmazonName {
    /// An account: twelve digits.
    static func account(_ text: String) throws(AmazonNameError) -> String {
        guard isAccount(text) else {
            throw AmazonNameError("\(text.quoted) is no account: it has twelve digits")
        }
        return text
    }

    /// A region, such as `eu-west-1`.
    static func region(_ text: String) throws(AmazonNameError) -> String {
        guard isRegion(text) else {
            throw AmazonNameError(
                "\(text.quoted) is no region: it has a-z, 0-9 and '-' alone, as in 'eu-west-1'")
        }
        return text
    }

    /// A parameter of Systems Manager: its name, with `:version` or `:label` where there is one, or its ARN.
    static func parameter(_ text: String) throws(AmazonNameError) -> String {
        if text.hasPrefix("arn:") {
            let arn = try AmazonResource(text)
            guard arn.service == "ssm", arn.resource.hasPrefix("parameter/") else {
                throw AmazonNameError("\(text.quoted) is no ARN of a parameter")
            }
            return text
        }
        guard consists(text, of: "_.-/:"), text.utf8.count <= 2_048 else {
            throw AmazonNameError(
                "\(text.quoted) is no name of a parameter: it has letters, digits, '_', '.', '-' and '/'")
        }
        return text
    }

    /// A secret of Secrets Manager: its name or its ARN.
    static func secret(_ text: String) throws(AmazonNameError) -> String {
        if text.hasPrefix("arn:") {
            let arn = try AmazonResource(text)
            guard arn.service == "secretsmanager", arn.resource.hasPrefix("secret:") else {
                throw AmazonNameError("\(text.quoted) is no ARN of a secret")
            }
            return text
        }
        guard consists(text, of: "/_+=.@-"), text.utf8.count <= 512 else {
            throw AmazonNameError(
                "\(text.quoted) is no name of a secret: it has letters, digits and '/_+=.@-', at most 512 of them"
            )
        }
        return text
    }

    /// A profile, as a section of a configuration file can name it.
    static func profile(_ text: String) throws(AmazonNameError) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "]" }
        guard isPlain, text.utf8.count <= 256, text.contains(where: { $0 != " " }) else {
            throw AmazonNameError("\(text.quoted) is no name of a profile")
        }
        return text
    }

    /// The ARN of a role.
    static func role(_ text: String) throws(AmazonNameError) -> String {
        let arn = try AmazonResource(text)
        guard arn.service == "iam", arn.region.isEmpty, isAccount(arn.account),
            arn.resource.hasPrefix("role/"), !arn.resource.hasSuffix("/"),
            consists(arn.resource, of: "_+=,.@-/")
        else {
            throw AmazonNameError(
                "\(text.quoted) is no ARN of a role: it looks like 'arn:aws:iam::123456789012:role/name'")
        }
        return text
    }

    /// The ARN of a topic that takes messages in any order.
    static func topic(_ text: String) throws(AmazonNameError) -> String {
        let arn = try AmazonResource(text)
        guard arn.service == "sns", isRegion(arn.region), isAccount(arn.account),
            consists(arn.resource, of: "_-."), (1...256).contains(arn.resource.utf8.count)
        else {
            throw AmazonNameError(
                "\(text.quoted) is no ARN of a topic: it looks like 'arn:aws:sns:eu-west-1:123456789012:name'"
            )
        }
        guard !arn.resource.contains(".") else {
            throw AmazonNameError("\(text.quoted) is no standard topic: a FIFO topic takes no such message")
        }
        return text
    }

    /// A table of DynamoDB.
    static func table(_ text: String) throws(AmazonNameError) -> String {
        guard (3...255).contains(text.utf8.count), consists(text, of: "_.-") else {
            throw AmazonNameError(
                "\(text.quoted) is no name of a table: it has 3 to 255 letters, digits, '_', '.' and '-'")
        }
        return text
    }

    /// The name of a session.
    static func session(_ text: String) throws(AmazonNameError) -> String {
        guard (2...64).contains(text.utf8.count), consists(text, of: "_+=,.@-") else {
            throw AmazonNameError(
                "\(text.quoted) is no name of a session: it has 2 to 64 letters, digits and '_+=,.@-'")
        }
        return text
    }

    /// An external id. It is not repeated, since some take it for a secret.
    static func externalID(_ text: String) throws(AmazonNameError) -> String {
        guard (2...1_224).contains(text.utf8.count), consists(text, of: "_+=,.@:/-") else {
            throw AmazonNameError("this is no external id: it has 2 to 1224 letters, digits and '_+=,.@:/-'")
        }
        return text
    }

    /// A filter of tags.
    static func filter(_ text: String) throws(AmazonNameError) -> String {
        guard (1...128).contains(text.utf8.count), consists(text, of: "._*-") else {
            throw AmazonNameError(
                "\(text.quoted) is no filter of tags: it has letters, digits, '.', '_', '-' and '*', at most 128"
            )
        }
        guard text.utf8.count(where: { $0 == UInt8(ascii: "*") }) <= 2 else {
            throw AmazonNameError("\(text.quoted) is no filter of tags: ECR takes at most two '*' in one")
        }
        return text
    }

    static func isAccount(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func isRegion(_ text: some StringProtocol) -> Bool {
        let isWord = text.utf8.allSatisfy { ObjectReader.isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
        return isWord && (1...64).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
    }

    /// Letters and digits of ASCII and some others, at least one.
    private static func consists(_ text: String, of others: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { isLetterOrDigit($0) || others.utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        ObjectReader.isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

/// Why a text can't be what it is meant to be.
struct AmazonNameError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

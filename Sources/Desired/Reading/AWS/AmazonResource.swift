/// An ARN, taken apart: `arn:partition:service:region:account:resource`.
struct AmazonResource: Hashable {
    let service: String
    /// Empty where the service knows none.
    let region: String
    let account: String
    let resource: String

    /// Reads an ARN, or says what is wrong with it.
    init(_ text: String) throws(AmazonNameError) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(
            String.init)
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), AmazonName.isRegion(parts[1]),
            !parts[2].isEmpty, !parts[5].isEmpty, isPlain, text.utf8.count <= 2_048
        else {
            throw AmazonNameError(
                "\(text.quoted) is no ARN: it looks like 'arn:aws:service:region:account:resource'")
        }
        (service, region, account, resource) = (parts[2], parts[3], parts[4], parts[5])
    }
}

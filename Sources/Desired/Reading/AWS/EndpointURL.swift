/// An address that davit connects to in place of another: a scheme and a host, and nothing behind.
struct EndpointURL: Hashable {
    let text: String

    /// Reads an address, or says what is wrong with it.
    init(_ text: String) throws(AmazonNameError) {
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else {
            throw AmazonNameError(
                "\(text.quoted) is no URL of an endpoint: it begins with https:// or http://")
        }
        var host = lower.dropFirst(scheme.count)
        // What stands before the '@' may be a secret.
        guard !host.contains("@") else {
            throw AmazonNameError("no user and no password can stand in the URL of an endpoint")
        }
        guard !host.contains("?"), !host.contains("#") else {
            throw AmazonNameError("\(text.quoted) is no URL of an endpoint: no query can stand in it")
        }
        if host.hasSuffix("/") { host = host.dropLast() }
        guard !host.contains("/") else {
            throw AmazonNameError("\(text.quoted) is no URL of an endpoint: no path can stand in it")
        }
        do throws(HostNameError) { _ = try HostName(String(host)) } catch {
            throw AmazonNameError(error.description)
        }
        self.text = scheme + host
    }
}

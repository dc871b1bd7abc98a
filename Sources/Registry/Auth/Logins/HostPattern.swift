/// Hosts that a credential may be sent to: `a.example.com`, `*.example.com` (one label or more), each with
/// `:port` where it is not the scheme's own.
struct HostPattern: Hashable, Sendable {
    private let name: String
    private let port: String?
    private let isWild: Bool

    /// Reads a pattern; what is none matches no host.
    init(_ text: String) {
        let (name, port) = Self.split(text)
        isWild = name.hasPrefix("*.")
        self.name = isWild ? String(name.dropFirst()) : name
        self.port = port
    }

    /// True where a host (`host[:port]`) is meant. Docker Hub's hosts are one: they serve the same accounts.
    func matches(_ host: String) -> Bool {
        let (name, port) = Self.split(host)
        guard port == self.port, !name.isEmpty else { return false }
        if isWild { return name.count > self.name.count && name.hasSuffix(self.name) }
        return name == self.name || (self.name == DockerHub.name && DockerHub.hosts.contains(name))
    }

    /// Name and port; the ports that need not be written count as not written.
    private static func split(_ text: String) -> (name: String, port: String?) {
        let text = text.lowercased()
        let end = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[end...].lastIndex(of: ":") else { return (text, nil) }
        let port = String(text[text.index(after: colon)...])
        return (String(text[..<colon]), port == "443" || port == "80" ? nil : port)
    }
}

/// The hosts of Docker Hub, which goes by one name in references and by others on the wire.
enum DockerHub {
    /// The name in references.
    static let name = "docker.io"
    /// The names on the wire.
    static let hosts: Set<String> = ["registry-1.docker.io", "auth.docker.io", "index.docker.io"]
    /// The key that docker's stores keep its login under.
    static let storeKey = "https://index.docker.io/v1/"
}

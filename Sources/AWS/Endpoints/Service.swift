/// A service of AWS's that davit calls, and how it is spoken to.
public struct Service: Hashable, Sendable {
    /// How calls are written.
    enum Form: Hashable, Sendable {
        /// JSON both ways; the operation stands in `X-Amz-Target`, behind this prefix.
        case json(version: String, prefix: String)
        /// A form goes out and XML comes back.
        case query(version: String)
    }

    /// Its name, in signatures and in host names.
    public let name: String
    /// How calls are written.
    let form: Form
    /// Its id in `AWS_ENDPOINT_URL_…`, in upper case, and in a profile's `services`, in lower.
    let id: String

    /// Private registries.
    public static let ecr = Service(
        "ecr", .json(version: "1.1", prefix: "AmazonEC2ContainerRegistry_V20150921"))
    /// The public registry's galleries.
    public static let ecrPublic = Service(
        "ecr-public", .json(version: "1.1", prefix: "SpencerFrontendService"), id: "ECR_PUBLIC")
    /// Parameters.
    public static let ssm = Service("ssm", .json(version: "1.1", prefix: "AmazonSSM"))
    /// Secrets.
    public static let secretsManager = Service(
        "secretsmanager", .json(version: "1.1", prefix: "secretsmanager"), id: "SECRETS_MANAGER")
    /// Tables.
    public static let dynamoDB = Service("dynamodb", .json(version: "1.0", prefix: "DynamoDB_20120810"))
    /// Identities and temporary keys.
    public static let sts = Service("sts", .query(version: "2011-06-15"))
    /// Topics.
    public static let sns = Service("sns", .query(version: "2010-03-31"))

    /// All of them.
    public static let all = [ecr, ecrPublic, ssm, secretsManager, dynamoDB, sts, sns]

    private init(_ name: String, _ form: Form, id: String? = nil) {
        self.name = name
        self.form = form
        self.id = id ?? name.uppercased()
    }
}

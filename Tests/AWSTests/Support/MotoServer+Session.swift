import AWS
import Lab
import Registry

extension MotoServer {
    /// A session with keys of the user's, on the real transport.
    func session(_ variables: [String: String] = [:]) throws -> AWSSession {
        let ground = try LiveGround()
        let all = [
            "AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": user.id,
            "AWS_SECRET_ACCESS_KEY": user.secret,
        ].merging(variables) { $1 }
        return try AWSSession(ground.environment(all), on: AWSGround(transport: ground.loop))
    }
}

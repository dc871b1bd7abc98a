import AWS
import Desired

extension Wiring {
    /// The way into AWS that a credential opens; without one, that of AWS's own tools.
    func session(_ credential: String?) throws -> AWSSession {
        try AWSSession(environment, on: AWSGround(transport: transport))
    }
}

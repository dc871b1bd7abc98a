import HTTP
import HTTPTypes
import Registry

/// How the services that hand out keys on this machine or beside it are asked: over plain HTTP, briefly, without
/// following anybody elsewhere.
struct LocalService: Sendable {
    /// Answers are some hundred bytes.
    static let largest = 64 << 10

    let transport: any Transport
    let time: Timekeeper
    /// Whom an error names.
    let place: String
    /// How long one question is waited for.
    var patience: Duration
    /// How often it is asked, a second apart.
    var tries: Int

    /// Asks until there is an answer with status 200; any other is judged by `isFinal`.
    func ask(_ request: Request, isFinal: @Sendable (Int) -> Bool = { _ in false }) async throws(AWSError)
        -> Response
    {
        var request = request
        request.answerLimit = Self.largest
        request.patience = Patience(connect: patience, stall: patience, commit: patience, whole: patience)
        request.headers[.userAgent] = UserAgent.value
        var tried = 1
        while true {
            let failure: AWSError
            do {
                let response = try await transport.send(request)
                if response.status == 200 || isFinal(response.status) { return response }
                failure = .keys(at: place, "it answered with status \(response.status)")
            } catch {
                if error.kind == .cancelled { throw .keys(at: place, "", .cancelled) }
                failure = .keys(at: place, error.description, .transport(error.kind))
            }
            guard tried < tries else { throw failure }
            tried += 1
            do { try await time.sleep(.seconds(1)) } catch { throw .keys(at: place, "", .cancelled) }
        }
    }
}

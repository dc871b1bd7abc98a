/// Logins that end at a time that is known.
public protocol AgingLogins: LoginSource {
    /// When a login is to be asked for anew, well before its end; `nil`: once it is refused.
    func renewal(of login: Login) async -> ContinuousClock.Instant?
}

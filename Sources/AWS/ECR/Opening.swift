import HTTP
import Registry

/// Finds out once whether the keys belong to the account that is to be written to.
actor Opening {
    private let owner: String?
    private let place: String
    private let caller: @Sendable () async throws(AWSError) -> CallerIdentity
    private let turn = Slots(limit: 1)
    private var isRight = false

    init(
        owner: String?, place: String,
        caller: @escaping @Sendable () async throws(AWSError) -> CallerIdentity
    ) {
        (self.owner, self.place, self.caller) = (owner, place, caller)
    }

    /// Asks whose the keys are (GetCallerIdentity); only a good answer is remembered.
    func check() async throws(RegistryError) {
        guard owner != nil, !isRight else { return }
        do { try await turn.take() } catch { throw failure(.cancelled, "") }
        do {
            if !isRight { try await ask() }
            isRight = true
            await turn.give()
        } catch {
            await turn.give()
            throw error
        }
    }

    private func ask() async throws(RegistryError) {
        guard let owner else { return }
        let identity: CallerIdentity
        do { identity = try await caller() } catch {
            throw RegistryError(error, at: place, while: "check the account of", "the credential")
        }
        guard identity.account != owner else { return }
        throw failure(
            .denied,
            "its keys belong to account \(identity.account) (\(identity.arn)), the registry to \(owner); name the "
                + "right credential, or say 'crossAccount: true' where the repositories' policies let it in")
    }

    private func failure(_ kind: RegistryError.Kind, _ detail: String) -> RegistryError {
        RegistryError(kind, at: place, while: "check the account of", "the credential", detail: detail)
    }
}

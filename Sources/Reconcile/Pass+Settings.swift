import Desired
import OCI
import Plan
import Registry

extension Pass {
    /// A destination repository that a rule writes to, where its settings can be compared.
    private struct Written: Sendable {
        var rule: String
        var repository: RepositoryName
        var backend: any SettingsBackend
    }

    /// How the settings of the destinations differ from what the manifests say; what can't be asked is a fault.
    func drifts(of claims: [Claim]) async -> (drifts: [RepositoryDrift], faults: [String]) {
        var drifts: [RepositoryDrift] = []
        var faults: [String] = []
        for (written, answer) in await compared(written(by: claims)) {
            switch answer {
            case .success(let found): drifts += found.map { Self.drift($0, written) }
            case .failure(let error): faults.append("rule \(written.rule): \(error.on(.destination))")
            }
        }
        return (drifts, faults)
    }

    /// Changes the settings of repositories that are there, for the rules that say so; returns what was changed, and
    /// what could not be.
    func enforceSettings(_ claims: [Claim]) async -> (changes: [String], faults: [String]) {
        var (changes, faults): ([String], [String]) = ([], [])
        let enforced = written(by: claims).filter { $0.backend.enforces($0.rule) }
        for (written, answer) in await compared(enforced) {
            do throws(RegistryError) {
                for drift in try answer.get() where drift.obstacle == nil {
                    try await written.backend.enforce(drift, on: written.repository, for: written.rule)
                    changes.append(
                        "\(written.backend.place)/\(written.repository): \(drift.setting) was \(drift.held), "
                            + "and is now \(drift.wanted)")
                }
            } catch { faults.append("rule \(written.rule): \(error.on(.destination))") }
        }
        return (changes, faults)
    }

    private func written(by claims: [Claim]) -> [Written] {
        var seen: Set<[String]> = []
        return claims.compactMap { claim in
            guard
                let backend = (try? places.backend(claim.destinationRegistry))?.asSettings,
                seen.insert([claim.rule, backend.place, claim.destinationRepository.description]).inserted
            else { return nil }
            return Written(rule: claim.rule, repository: claim.destinationRepository, backend: backend)
        }
    }

    private func compared(_ written: [Written]) async -> [(
        Written, Result<[SettingDrift], RegistryError>
    )] {
        await written.mapBounded(by: 16) { one in
            do throws(RegistryError) {
                return (one, .success(try await one.backend.drift(of: one.repository, for: one.rule)))
            } catch { return (one, .failure(error)) }
        }
    }

    private static func drift(_ drift: SettingDrift, _ written: Written) -> RepositoryDrift {
        RepositoryDrift(
            rule: written.rule, repository: "\(written.backend.place)/\(written.repository)",
            setting: drift.setting, held: drift.held, wanted: drift.wanted,
            isEnforced: written.backend.enforces(written.rule), obstacle: drift.obstacle)
    }
}

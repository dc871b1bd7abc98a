/// The parameters that the plugin and the Data Transfer Hub after it had, and what becomes of each.
enum DRHParameter: String, CaseIterable {
    case sourceType, srcRegion, srcAccountId, srcList, srcImageList, srcCredential
    case includeUntagged
    case destRegion, destAccountId, destPrefix, destCredential
    case ecsClusterName, ecsVpcId, ecsSubnetA, ecsSubnetB, ecsSubnets
    case alarmEmail

    /// What became of it, in a few words.
    func fate(_ value: String, in manifests: DRHManifests) -> String {
        let stack = manifests.stack
        let isECR = stack.source != .anyPublic
        switch self {
        case .sourceType:
            return isECR ? "the Registry 'source'" : "each rule names its registry, opened without a key"
        case .srcRegion: return isECR ? "the Registry 'source'" : "had no effect there: the source was public"
        case .srcAccountId where !isECR: return "had no effect there: the source was public"
        case .srcAccountId: return value.isEmpty ? Self.own : "the Registry 'source'"
        case .srcList where stack.didNothing:
            return "with public registries it did nothing there: see the sketch"
        case .srcList: return stack.list == nil ? "one entry for all repositories" : "see srcImageList"
        case .srcImageList: return list(manifests)
        case .srcCredential:
            return credential(
                value, stack.usesSourceSecret, "source", isECR ? "srcAccountId" : "a source of ECR")
        case .destCredential:
            return credential(value, stack.usesDestinationSecret, "destination", "destAccountId")
        case .includeUntagged:
            return "platforms: \(stack.takesAllPlatforms == true ? "all" : "one, flattened")"
        case .destRegion: return "the Registry 'destination'"
        case .destAccountId: return value.isEmpty ? Self.own : "the Registry 'destination'"
        case .destPrefix:
            return value.isEmpty
                ? "empty"
                : "had no effect there; here 'destination: { repository: PREFIX/{repository} }' would have one"
        case .ecsClusterName, .ecsVpcId, .ecsSubnetA, .ecsSubnetB, .ecsSubnets:
            return "where it runs is no part of manifests: see manifests/deploy/aws"
        case .alarmEmail:
            return value.isEmpty
                ? "empty: no notice" : "the Notification 'alarm'; the address stays the topic's"
        }
    }

    private static let own = "empty: the account whose keys davit has"

    private func list(_ manifests: DRHManifests) -> String {
        if manifests.stack.list == nil { return "had no effect there: srcList was ALL" }
        if let name = manifests.options.listParameter {
            return "the rule's 'imageList' reads the parameter \(name), edited in place as before"
        }
        return "written out under 'images'; to go on with the stack's parameter, say --list-parameter"
    }

    private func credential(_ value: String, _ isUsed: Bool, _ side: String, _ lacking: String) -> String {
        if isUsed { return "the Credential '\(side)-keys'" }
        return value.isEmpty ? "empty: AWS's default chain" : "had no effect there without \(lacking)"
    }
}

import Desired
import OCI
import Plan

/// A plan as a person reads it: a tree of rules and repositories, then what it costs, then the verdict.
struct DiffText {
    let plan: PassPlan
    let console: Console

    /// The whole text.
    var text: String {
        var lines = plan.shard.map { [console.paint($0.title, .bold)] } ?? []
        for rule in inOrder(plan.images, by: \.rule) {
            lines.append(console.paint("rule \(rule[0].rule)", .bold))
            for repository in inOrder(rule, by: \.repository) { lines += block(repository) }
        }
        return (lines + summary).joined(separator: "\n")
    }

    private func block(_ images: [PlannedImage]) -> [String] {
        let head = "  \(Self.repository(of: images[0].destination))"
        let sources = Set(images.map { Self.repository(of: $0.source) }).sorted()
        let lines = images.filter { $0.verdict != .inSync || $0.unfollowed != nil }.map { "    " + line($0) }
        let same = images.count { $0.verdict == .inSync }
        let count = same > 0 ? ["    " + console.paint("= \(same) in sync", .dim)] : []
        let settings = plan.drifts.filter {
            $0.rule == images[0].rule && $0.repository == Self.repository(of: images[0].destination)
        }
        return [head.harmless + console.paint("  from \(sources.joined(separator: ", "))", .dim)]
            + settings.map { "    " + line($0) } + lines + count
    }

    /// `host/repository` of `host/repository:tag`.
    private static func repository(of name: String) -> Substring {
        name[..<(name.lastIndex(of: ":") ?? name.endIndex)]
    }

    private func line(_ image: PlannedImage) -> String {
        let color: Console.Color =
            switch image.verdict {
            case .copy: .green
            case .update, .incomplete, .blocked, .deferred: .yellow
            case .inSync: .dim
            case .missing, .failed: .red
            }
        var digests = ""
        if let held = image.held, image.verdict == .update || image.verdict == .blocked {
            digests = "  \(held.short) -> \(image.wanted?.short ?? "?")"
        } else if let wanted = image.wanted {
            digests = "  \(wanted.short)"
        }
        let cost = image.steps.isEmpty ? "" : "; " + costText(image)
        let known = image.acknowledged && image.verdict == .blocked ? " (acknowledged)" : ""
        return console.paint("\(image.verdict.sign) \(image.tag)", color)
            + "\(digests)  \(image.reason)\(known)\(cost)".harmless
    }

    private func line(_ drift: RepositoryDrift) -> String {
        let end =
            drift.obstacle.map { "; \($0)" }
            ?? (drift.isEnforced ? "" : "; it is left so without 'enforce: true'")
        return console.paint("\(drift.isChange ? "~" : "-") \(drift.setting)", .yellow)
            + "  \(drift.held) -> \(drift.wanted)\(end)".harmless
    }

    private func costText(_ image: PlannedImage) -> String {
        let cost = image.cost
        var parts: [String] = []
        if cost.uploads > 0 { parts.append("\(Amount.of(cost.uploads, "blob")) to send") }
        if cost.mounts > 0 { parts.append("\(cost.mounts) to mount" + remembered(image)) }
        return (parts + [Amount.bytes(cost.bytes)]).joined(separator: ", ")
    }

    /// Where blobs are mounted from that an earlier pass brought there.
    private func remembered(_ image: PlannedImage) -> String {
        let steps = image.steps.filter { $0.isRemembered == true }
        guard !steps.isEmpty else { return "" }
        let names = Set(steps.compactMap { $0.from?.description }).sorted()
        let more = names.count > 2 ? " and \(names.count - 2) more" : ""
        let count = steps.count == image.cost.mounts ? "" : "\(steps.count) "
        let what = steps.count == 1 ? "it" : "them"
        return
            " (\(count)from \(names.prefix(2).joined(separator: ", "))\(more): an earlier pass brought \(what) there)"
    }

    private var summary: [String] {
        let total = plan.total
        let counts = Verdict.allCases.map { ($0, plan.count($0)) }.filter { $0.1 > 0 }
        var lines: [String] = []
        if plan.images.contains(where: \.verdict.isChange), plan.cost != .none {
            let most = plan.cost == .estimate && total.uploads > 0 ? "at most " : ""
            lines.append(
                "to send: \(most)\(Amount.of(total.uploads, "blob")), \(Amount.bytes(total.bytes)) with manifests; to mount: \(Amount.of(total.mounts, "blob"))"
            )
            if total.rememberedMounts > 0 {
                lines.append(
                    "where the registry refuses the \(Amount.of(total.rememberedMounts, "mount")) from earlier passes, \(Amount.bytes(total.rememberedBytes)) more are sent"
                )
            }
            lines.append(
                "requests: \(plan.lookRequests) to look, \(most)\(total.requests) to copy; manifests read at the source: \(total.pulls)"
            )
        } else {
            lines.append("requests: \(plan.lookRequests) to look")
        }
        lines += plan.pulls.map { pulls in
            let least = plan.count(.deferred) > 0 ? "at least " : ""
            return
                "pulls needed \(least)\(pulls.needed), left \(pulls.left) of \(pulls.limit) (source \(pulls.source))"
        }
        let nothing = plan.faults.isEmpty ? ReportText.nothing(for: plan.shard) : "no image was found"
        var said = counts.isEmpty ? [nothing] : counts.map { "\($0.1) \(words($0.0))" }
        if !plan.faults.isEmpty { said.append("\(Amount.of(plan.faults.count, "fault"))") }
        lines.append(console.paint(verdict + ": " + said.joined(separator: ", "), .bold))
        return lines
    }

    private var verdict: String {
        switch plan.exitCode {
        case 1 where plan.faults.isEmpty && plan.count(.failed) == 0: "missing at the source"
        case 1: "not everything could be looked at"
        case 3: "refused in part"
        case 2: "differences"
        default: "in sync"
        }
    }

    private func words(_ verdict: Verdict) -> String {
        switch verdict {
        case .copy: "to copy"
        case .update: "to update"
        case .incomplete: "incomplete"
        case .inSync: "in sync"
        case .blocked: "blocked"
        case .missing: "missing at the source"
        case .deferred: "deferred"
        case .failed: "failed"
        }
    }
}

/// Elements in runs of one key, in the order in which the keys first come.
func inOrder<Element, Key: Hashable>(_ elements: [Element], by key: (Element) -> Key) -> [[Element]] {
    var order: [Key] = []
    var groups: [Key: [Element]] = [:]
    for element in elements {
        let key = key(element)
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(element)
    }
    return order.compactMap { groups[$0] }
}

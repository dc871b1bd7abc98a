extension DRHManifests {
    /// All of it in one text.
    var text: String {
        let isSketch = stack.didNothing && !stack.hasAlarm
        return comments + registries + (isSketch ? "" : "---\n") + rules
    }

    /// Where secrets are and how registries are spoken to: for a folder whose owners may decide that.
    var registries: String {
        var documents: [String] = []
        if case .ecr(let region, let account) = stack.source {
            if stack.usesSourceSecret, let secret = stack.sourceSecret {
                documents.append(credential("source-keys", secret))
            }
            documents.append(registry("source", region, account, stack.usesSourceSecret))
        }
        if stack.usesDestinationSecret, let secret = stack.destinationSecret {
            documents.append(credential("destination-keys", secret))
        }
        documents.append(
            registry(
                "destination", stack.destinationRegion, stack.destinationAccount, stack.usesDestinationSecret)
        )
        return documents.joined(separator: "---\n")
    }

    /// The rules, and who is told; empty where there is neither.
    var rules: String {
        var documents = stack.didNothing ? [] : rulesAlone
        if stack.hasAlarm { documents.append(alarm) }
        let sketch = stack.didNothing ? Self.sketch : ""
        return documents.joined(separator: "---\n") + sketch
    }

    private var rulesAlone: [String] {
        guard stack.list != nil else {
            return [
                rule(
                    "images", source: "source",
                    images: "    - repositories: { include: [\"**\"] }\n      tags: { include: [\"*\"] }\n")
            ]
        }
        if options.listParameter != nil {
            let host = list.groups.first?.host ?? (stack.source == .anyPublic ? "docker.io" : nil)
            return [rule("images", source: host ?? "source", images: nil)]
        }
        var taken: [String: Int] = [:]
        return list.groups.map { group in
            let name = group.host.map { "images-of-" + Self.name(of: $0) } ?? "images"
            taken[name, default: 0] += 1
            let number = taken[name].flatMap { $0 > 1 ? "-\($0)" : nil } ?? ""
            return rule(
                name + number, source: group.host ?? "source", images: group.entries.map(entry).joined())
        }
    }

    // MARK: - Objects

    private static func head(_ kind: String, _ name: String) -> String {
        "apiVersion: davit/v1\nkind: \(kind)\nmetadata: { name: \(YAMLText.scalar(name)) }\nspec:\n"
    }

    private func credential(_ name: String, _ secret: String) -> String {
        let store = options.store == .ssm ? "ssmParameter" : "secretsManager"
        return Self.head("Credential", name) + "  \(store): \(place(of: secret))\n"
    }

    /// A thing of AWS by its name, in the region of the stack.
    private func place(of name: String) -> String {
        let region = options.region.map { ", region: \(YAMLText.scalar($0))" } ?? ""
        return "{ name: \(YAMLText.scalar(name))\(region) }"
    }

    private func registry(_ name: String, _ region: String, _ account: String?, _ hasKeys: Bool) -> String {
        let number = account.map { ", account: \(YAMLText.scalar($0))" } ?? ""
        return Self.head("Registry", name) + "  ecr: { region: \(YAMLText.scalar(region))\(number) }\n"
            + (hasKeys ? "  credential: \(name)-keys\n" : "")
    }

    private func rule(_ name: String, source: String, images: String?) -> String {
        var text = Self.head("Replication", name)
        text += "  source: { registry: \(YAMLText.scalar(source)) }\n"
        text += "  destination: { registry: destination }\n"
        if let images { text += "  images:\n" + images }
        if let list = options.listParameter { text += "  imageList: { ssmParameter: \(place(of: list)) }\n" }
        text += platforms + "  concurrency: 10\n  retries: 3\n"
        if let table = options.table { text += "  statusTable: \(place(of: table))\n" }
        return text
    }

    private var platforms: String {
        stack.takesAllPlatforms == true
            ? "  platforms: all\n" : "  platforms: [linux/amd64]\n  flatten: true\n"
    }

    private func entry(_ entry: DRHList.Entry) -> String {
        var text = "    - repository: \(YAMLText.scalar(entry.repository))\n"
        if entry.takesAll {
            text += "      tags: { include: [\"*\"] }\n"
        } else if !entry.tags.isEmpty {
            text += "      tags: { include: \(YAMLText.list(entry.tags)) }\n"
        }
        if !entry.pins.isEmpty {
            let pins = entry.pins.sorted { $0.key < $1.key }.map {
                "\(YAMLText.scalar($0.key)): \(YAMLText.scalar($0.value))"
            }
            text += "      pins: { \(pins.joined(separator: ", ")) }\n"
        }
        guard entry.destination != entry.repository else { return text }
        return text + "      destination: { repository: \(YAMLText.scalar(entry.destination)) }\n"
    }

    private var alarm: String {
        let topic = options.topic.map(YAMLText.scalar) ?? YAMLText.variable("DAVIT_VAR_TOPIC")
        let which =
            options.topic == nil
            ? "  # Which topic it is, neither the parameters nor the stack's outputs tell: set DAVIT_VAR_TOPIC to its ARN.\n"
            : ""
        return Self.head("Notification", "alarm") + which + """
              # One message a pass. Who reads the messages by program adds 'format: seed', which has the old keys.
              when: [failed]
              sns: { topicArn: \(topic) }

            """
    }

    private static let sketch = """
        # ALL of public registries did nothing there, and nobody can list them. A rule names what it wants:
        # ---
        # apiVersion: davit/v1
        # kind: Replication
        # metadata: { name: images }
        # spec:
        #   source: { registry: docker.io }
        #   destination: { registry: destination }
        #   images:
        #     - repository: library/alpine
        #       tags: { semver: ">=3.18", newest: 5 }
        #       destination: { repository: alpine }

        """

    /// A host as a part of a rule's name.
    private static func name(of host: String) -> String {
        String(host.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}

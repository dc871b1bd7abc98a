extension ObjectReader {
    mutating func notification(
        _ name: String, _ spec: Fields
    ) -> (notification: Notification, places: NotificationPlaces)? {
        var when: Set<Notification.Event> = []
        for value in spec["when"]?.list ?? [] {
            guard let event = value.text.flatMap(Notification.Event.init) else { continue }
            if !when.insert(event).inserted { refuseRepeated(value) }
        }
        var rules: [NamedPlace] = []
        for value in spec["rules"]?.list ?? [] {
            guard let rule = named(value) else { continue }
            if rules.contains(where: { $0.name == rule.name }) { refuseRepeated(value) }
            rules.append(rule)
        }
        let topic = spec["sns"]?.fields
        let via = named(topic?["via"])
        guard let arn = amazon(topic?["topicArn"], AmazonName.topic) else { return nil }
        let format = topic?["format"]?.text.flatMap(SNSDeclaration.Format.init) ?? .davit
        let notification = Notification(
            name: name, when: when, rules: rules.map(\.name),
            sns: SNSDeclaration(topicARN: arn, format: format, via: via?.name))
        return (notification, NotificationPlaces(rules: rules, via: via))
    }

    private mutating func refuseRepeated(_ value: Value) {
        refuse("\((value.text ?? "").quoted) stands here twice", at: value)
    }
}

extension ObjectReader {
    /// Reads one of the names that AWS gives.
    mutating func amazon(
        _ value: Value?, _ form: (String) throws(AmazonNameError) -> String
    ) -> String? {
        read(value) { text throws(AmazonNameError) in try form(text) }
    }

    /// A thing of AWS that has a name, or an ARN, and stands in a region.
    struct RegionalName {
        var name: String
        var region: String?
    }

    /// Reads `name` and `region`; the region that stands in an ARN is the one.
    mutating func regionalName(
        _ fields: Fields, _ form: (String) throws(AmazonNameError) -> String
    ) -> RegionalName? {
        let region = amazon(fields["region"], AmazonName.region)
        guard let name = amazon(fields["name"], form) else { return nil }
        guard name.hasPrefix("arn:"), let arn = try? AmazonResource(name) else {
            return RegionalName(name: name, region: region)
        }
        if let region, region != arn.region, let value = fields["region"] {
            refuse(
                "\(region.quoted) is another region than that of the ARN", at: value,
                hint: "leave 'region' out: it is \(arn.region)")
        }
        return RegionalName(name: name, region: arn.region)
    }

    /// A name with its place.
    func named(_ value: Value?) -> NamedPlace? {
        guard let value, let text = value.text else { return nil }
        return NamedPlace(name: text, place: place(of: value))
    }

    mutating func role(_ fields: Fields) -> RoleDeclaration? {
        let arn = amazon(fields["roleArn"], AmazonName.role)
        let externalID = amazon(fields["externalId"], AmazonName.externalID)
        let sessionName = amazon(fields["sessionName"], AmazonName.session)
        let seconds = sessionSeconds(fields["duration"])
        guard let arn else { return nil }
        return RoleDeclaration(
            arn: arn, externalID: externalID, sessionName: sessionName, seconds: seconds)
    }

    private mutating func sessionSeconds(_ value: Value?) -> Int? {
        guard let value, let text = value.text, let seconds = DurationText.seconds(text) else { return nil }
        guard (900...43_200).contains(seconds) else {
            refuse(
                "the keys of a role can't be good for \(text.quoted)", at: value,
                hint: "AWS gives them for 15m to 12h")
            return nil
        }
        return Int(seconds)
    }

    mutating func ecr(_ fields: Fields) -> ECRDeclaration? {
        let account = amazon(fields["account"], AmazonName.account)
        guard let region = amazon(fields["region"], AmazonName.region) else { return nil }
        return ECRDeclaration(
            account: account, region: region, isFIPS: fields["fips"]?.flag ?? false,
            isDualStack: fields["dualStack"]?.flag ?? false,
            isCrossAccount: fields["crossAccount"]?.flag ?? false)
    }

    mutating func endpoints(_ fields: Fields?) -> EndpointDeclaration {
        EndpointDeclaration(api: endpoint(fields?["api"]), registry: endpoint(fields?["registry"]))
    }

    private mutating func endpoint(_ value: Value?) -> String? {
        read(value) { text throws(AmazonNameError) in try EndpointURL(text).text }
    }
}

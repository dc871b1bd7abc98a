import AWS
import HTTP
import Lab
import Testing

@Suite("Endpoints") struct EndpointTests {
    private struct Case: Encodable {
        var service: String
        var region: String
        var isFIPS: Bool
        var isDualStack: Bool
        var url: String
        var signingRegion: String
    }

    /// Names that botocore may know one day, or never.
    private static let others = """
        eu-west-9 cn-south-12 us-gov-north-3 eu-isoe-east-2 eusc-de-west-7 us-iso-north-1 eusc-fr-west-1 mars-base-1
        us-east us-isox-east-1 us-gov cn eu-west-1a
        """

    @Test(
        "those of every service, region and choice are botocore's", .enabled(if: Judge.isInstalled))
    func differential() async throws {
        let known = try await Judge(script: "endpoints.py").judge([Case]()).output
        let regions = (known + Self.others).split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(regions.contains("us-gov-east-1"))
        var cases: [Case] = []
        for service in Service.all {
            for region in regions {
                for (isFIPS, isDualStack) in [(false, false), (false, true), (true, false), (true, true)] {
                    let endpoint = Endpoint(
                        of: service, in: try Region(region),
                        EndpointChoice(isFIPS: isFIPS, isDualStack: isDualStack))
                    cases.append(
                        Case(
                            service: service.name, region: region, isFIPS: isFIPS, isDualStack: isDualStack,
                            url: endpoint.address.description, signingRegion: endpoint.signingRegion))
                }
            }
        }
        let verdict = try await Judge(script: "endpoints.py").judge(cases)
        #expect(
            verdict.output == "\(cases.count) endpoints, 0 differ, 0 missing, 7 services\n",
            "\(verdict.errors.prefix(4000))")
    }

    @Test(
        "a registry's name is read and written alike",
        arguments: [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", false, false),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", true, false),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", false, false),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", false, false),
            ("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", false, false),
            ("123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", false, false),
            ("123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", false, false),
            ("123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", false, false),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", "eu-west-1", false, true),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws", "us-east-1", true, true),
            ("123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1", false, true),
        ])
    func registryNames(host: String, region: String, isFIPS: Bool, isDualStack: Bool) throws {
        let choice = EndpointChoice(isFIPS: isFIPS, isDualStack: isDualStack)
        let name = try #require(RegistryName(account: "123456789012", region: try Region(region), choice))
        #expect(name.description == host)
        #expect(RegistryName(host: host) == name)
        #expect(RegistryName(host: host.uppercased()) == name)
    }

    @Test(
        "other hosts are no registries of AWS's",
        arguments: [
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
            "1234.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn",
            "123456789012.dkr.s3.eu-west-1.amazonaws.com", "123456789012.dkr-ecr.eu-west-1.on.aws.",
            "public.ecr.aws", "api.ecr.eu-west-1.amazonaws.com",
            "123456789012.ecr.dkr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.-.amazonaws.com", "....", "",
            "12345678901２.dkr.ecr.eu-west-1.amazonaws.com",
        ])
    func otherHosts(host: String) { #expect(RegistryName(host: host) == nil) }

    @Test(
        "no region gets into a host name that is no label",
        arguments: ["", "a.b", "-a", "a/b", "a@b", "ä", "A"])
    func badRegions(text: String) { #expect(throws: RegionError.self) { try Region(text) } }
}

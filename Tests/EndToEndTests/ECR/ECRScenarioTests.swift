import Foundation
import Lab
import Testing

@Suite(
    "From and to ECR, as people do", .serialized, .enabled(if: Judges.areInstalled), .timeLimit(.minutes(3)))
struct ECRScenarioTests {
    private static let reader = "arn:aws:iam::\(ECRYard.other):role/reader"
    private static let theirs = ECRPlace(ECRYard.other, "eu-west-1")

    private func role(_ name: String, _ more: String = "") -> String {
        Self.credential(name, "assumeRole: { roleArn: \"\(Self.reader)\"\(more) }")
    }

    private static func credential(_ name: String, _ spec: String) -> String {
        "---\napiVersion: davit/v1\nkind: Credential\nmetadata: { name: \(name) }\nspec: { \(spec) }\n"
    }

    @Test("one account to another in another region, by a role that is taken on with an external id")
    func accounts() async throws {
        let yard = try ECRYard([Self.theirs, .there])
        let shape = Shape { $0.tags = 2 }
        try yard.seed(ImageMaker(shape).images(), at: Self.theirs)
        try yard.front.makeRole(Self.reader, externalID: "harbour")
        try yard.davit.write(
            Rule().yaml(from: "here", to: "there")
                + yard.registry("here", Self.theirs, ", credential: reader") + yard.registry("there", .there)
                + role("reader", ", externalId: harbour"))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let source = try yard.front.registry(account: ECRYard.other, region: "eu-west-1")
        #expect(try await yard.differences(shape, from: source, to: .there) == [])
        #expect(try yard.front.counts()["sts:AssumeRole"] == 1)
        #expect(try await yard.front.agrees(with: 2, at: .there))
        #expect(try yard.front.violations() == [])
    }

    @Test("a session that ends in the middle is begun anew")
    func session() async throws {
        let yard = try ECRYard([Self.theirs, .there])
        try yard.seed(ImageMaker(Shape { $0.repositories = 12 }).images(), at: Self.theirs)
        try yard.front.makeRole(Self.reader)
        try yard.front.set { $0.apiDelay = 0.2 }
        let rule = Rule {
            $0.images = [#"{ repositories: { include: ["lab/**"] }, tags: { include: ["*"] } }"#]
        }
        try yard.davit.write(
            rule.yaml(from: "here", to: "there")
                + yard.registry("here", Self.theirs, ", credential: reader") + yard.registry("there", .there)
                + role("reader"))
        let program = try yard.davit.start("reconcile")
        try await offPool {
            _ = try eventually(within: 20) { try yard.front.counts()["ecr:DescribeRepositories"] == 1 }
            try yard.front.expireSessions()
        }
        let pass = try await program.end(timeout: 60)
        #expect(pass.status == 0, "\(pass.errors)")
        let counts = try yard.front.counts()
        #expect(counts["sts:AssumeRole"] == 2, "\(counts)")
        try yard.front.set { $0.apiDelay = 0 }
        #expect(try await yard.front.agrees(with: 12, at: .there))
    }

    @Test("the global partition to China, with the seed's secret in a parameter")
    func china() async throws {
        let china = ECRPlace(ECRYard.other, "cn-north-1")
        let yard = try ECRYard([.here, china], moto: true)
        let shape = Shape { $0.tags = 2 }
        try yard.seed(ImageMaker(shape).images(), at: .here)
        let keys = try yard.front.keys(of: ECRYard.other)
        let secret = #"{"access_key_id": "\#(keys.id)", "secret_access_key": "\#(keys.secret)"}"#
        _ = try await yard.front.boto(
            BotoCall(
                "ssm", "put_parameter",
                ["Name": "drh-credentials", "Value": .text(secret), "Type": "SecureString"]),
            as: ECRYard.own)
        try yard.davit.write(
            Rule().yaml(from: "here", to: "china") + yard.registry("here", .here)
                + yard.registry("china", china, ", credential: china")
                + Self.credential("china", "ssmParameter: { name: drh-credentials, region: eu-west-1 }"))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(
            (pass.output + pass.errors).contains(
                "\(ECRYard.other).dkr.ecr.cn-north-1.amazonaws.com.cn/lab/r001"))
        #expect(!(pass.output + pass.errors).contains(keys.secret))
        let source = try yard.front.registry(account: ECRYard.own, region: "eu-west-1")
        #expect(try await yard.differences(shape, from: source, to: china) == [])
        #expect(try await yard.front.agrees(with: 2, at: china))
        #expect(try yard.front.violations() == [])
    }

    @Test("a private registry of another kind to ECR")
    func privateRegistry() async throws {
        let source = try DockerRegistry(.init { $0.passwords = true })
        let door = try source.backDoor()
        try Seeder(door.endpoint).push(Shape())
        let front = try ECRFront([.there])
        var variables = try front.environment(as: ECRYard.own, region: "us-east-1")
        variables["DAVIT_USER"] = Login.captain.user
        variables["DAVIT_PASSWORD"] = Login.captain.password
        let davit = try Davit(variables)
        let url = try front.registryAddress(account: ECRYard.own, region: "us-east-1")
        try davit.write(
            Rule().yaml(from: "harbour", to: "there")
                + Rule.registry(
                    "harbour", source.host,
                    credential: "env: { username: DAVIT_USER, password: DAVIT_PASSWORD }")
                + "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: there }\n"
                + "spec: { ecr: { region: us-east-1 }, endpoints: { registry: \"\(url)\" } }\n")
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try front.contents(.there)["lab/r001"]?["v001"] != nil)
        #expect(try await front.agrees(with: 1, at: .there))
    }

    @Test("the public registry to ECR, with a token from its own service")
    func publicRegistry() async throws {
        let front = try ECRFront([.there], hasPublic: true)
        let behind = try #require(front.publicRegistry)
        let endpoint = try #require(front.publicEndpoint)
        let name = "a\(ECRYard.own)/lab/r001"
        var image = try ImageMaker().image("lab/r001", "v001")
        image.repository = name
        try Seeder(behind.endpoint).push(image)
        try front.create(name, at: .everybodys)
        try front.adopt(.everybodys)
        let davit = try Davit(front.environment(as: ECRYard.own, region: "eu-west-1"))
        let url = try front.registryAddress(account: ECRYard.own, region: "us-east-1")
        try davit.write(
            Rule {
                $0.images = [Rule.all(name)]
                $0.destination = "repository: \"mirror/{name}\""
            }.yaml(from: "gallery", to: "there")
                + "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: gallery }\n"
                + "spec: { ecrPublic: {}, endpoints: { registry: \"\(endpoint.url)\" } }\n"
                + "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: there }\n"
                + "spec: { ecr: { region: us-east-1 }, endpoints: { registry: \"\(url)\" } }\n")
        let pass = try await davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try front.contents(.there)["mirror/r001"]?["v001"] == image.digest)
        #expect(try await front.agrees(with: 1, at: .there))
        let counts = try front.counts()
        #expect(counts["ecr-public:GetAuthorizationToken"] == 1, "\(counts)")
        #expect(try front.violations() == [])
    }

    @Test("SELECTED: the seed's list, verbatim, and each tag of it at the same name")
    func selected() async throws {
        let yard = try ECRYard()
        let shape = Shape {
            $0.repositories = 3
            $0.tags = 3
        }
        try yard.seed(ImageMaker(shape).images(), at: .here)
        try yard.davit.write("lab/r001:v002,\n lab/r002:ALL_TAGS, lab/r001:v002,", to: "images.txt")
        let rule = """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: harbour }
            spec:
              source: { registry: here }
              destination: { registry: there }
              imageList: { file: images.txt }

            """
        try yard.davit.write(rule + yard.registry("here", .here) + yard.registry("there", .there))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let held = try yard.front.contents(.there).mapValues { $0.keys.sorted() }
        #expect(held == ["lab/r001": ["v002"], "lab/r002": ["v001", "v002", "v003"]])
        #expect(try await yard.front.agrees(with: 4, at: .there))
    }

    @Test("two accounts by two profiles of AWS's own files")
    func profiles() async throws {
        let front = try ECRFront([Self.theirs, .there])
        let folder = try TemporaryFolder("profiles")
        var text = ""
        for (name, account) in [("reader", ECRYard.other), ("writer", ECRYard.own)] {
            let keys = try front.keys(of: account)
            text += "[\(name)]\naws_access_key_id = \(keys.id)\naws_secret_access_key = \(keys.secret)\n"
        }
        var variables = try front.environment(as: ECRYard.own, region: "us-east-1")
        variables["AWS_ACCESS_KEY_ID"] = nil
        variables["AWS_SECRET_ACCESS_KEY"] = nil
        variables["AWS_SHARED_CREDENTIALS_FILE"] = try folder.write(text, to: "credentials")
        let yard = try ECRYard(front, Davit(variables))
        try yard.seed([ImageMaker().image()], at: Self.theirs)
        try yard.davit.write(
            Rule().yaml(from: "here", to: "there")
                + yard.registry("here", Self.theirs, ", credential: reader")
                + yard.registry("there", .there, ", credential: writer")
                + Self.credential("reader", "awsProfile: { name: reader }")
                + Self.credential("writer", "awsProfile: { name: writer }"))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try front.contents(.there)["lab/r001"]?["v001"] != nil)
        #expect(try await front.agrees(with: 1, at: .there))
        #expect(try front.violations() == [])
    }

    @Test("a record in the table and an alarm for what failed, and an alarm alone where a list failed")
    func records() async throws {
        let yard = try ECRYard([.here, .there], moto: true)
        try yard.seed(ImageMaker(Shape { $0.tags = 2 }).images(), at: .here)
        try yard.front.archive("v001", in: "lab/r001", at: .here)
        let key = { (name: String, kind: String) -> JSONValue in
            ["AttributeName": .text(name), "KeyType": .text(kind)]
        }
        let made = try await yard.front.boto(
            BotoCall(
                "dynamodb", "create_table",
                [
                    "TableName": "records", "BillingMode": "PAY_PER_REQUEST",
                    "KeySchema": .list([key("Image", "HASH"), key("Tag", "RANGE")]),
                    "AttributeDefinitions": .list(
                        ["Image", "Tag"].map { ["AttributeName": .text($0), "AttributeType": "S"] }),
                ]),
            BotoCall("sns", "create_topic", ["Name": "alarm"]), as: ECRYard.own)
        let topic = try #require(made[1]["TopicArn"]?.text)
        let rule = Rule {
            $0.images = [Rule.named("lab/r001", "v001", "v002")]
            $0.more = ["statusTable: { name: records, region: eu-west-1 }"]
        }
        try yard.davit.write(
            rule.yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there)
                + "---\napiVersion: davit/v1\nkind: Notification\nmetadata: { name: alarm }\n"
                + "spec: { when: [failed], sns: { topicArn: \"\(topic)\" } }\n")
        try yard.front.reset()
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 1)
        #expect(try yard.front.counts()["sns:Publish"] == 1)
        let items = try await yard.front.boto(
            BotoCall("dynamodb", "scan", ["TableName": "records"]), as: ECRYard.own)
        let states = (items[0]["Items"]?.list ?? []).map { item in
            [item["Image"], item["Tag"], item["Status"]].map { $0?["S"]?.text ?? "" }
        }
        #expect(Set(states) == [["lab/r001", "v001", "Error"], ["lab/r001", "v002", "Done"]])

        try yard.front.deny("ecr:DescribeImages", "ecr:ListImages", to: ECRYard.own)
        try yard.front.reset()
        #expect(try await yard.davit("reconcile").status == 1)
        #expect(try yard.front.counts()["sns:Publish"] == 1)
        #expect(try yard.front.violations() == [])
    }
}

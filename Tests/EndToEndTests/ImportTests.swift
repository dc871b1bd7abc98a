import Foundation
import Lab
import Testing

@Suite("Coming from the Data Replication Hub", .serialized, .timeLimit(.minutes(2))) struct ImportTests {
    /// A stack, and what is said beside its parameters.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var parameters: [String: String]
        var options: [String] = []
        var testDescription: String { name }
    }

    private static let ecr = ["srcRegion": "us-west-2", "destRegion": "eu-west-1"]
    private static let abroad = [
        "srcAccountId": "111122223333", "srcCredential": "source-secret", "destAccountId": "444455556666",
        "destCredential": "drh-credentials", "destRegion": "cn-north-1", "destPrefix": "mirror",
    ]

    static let table = [
        Row(name: "all", parameters: ecr),
        Row(
            name: "abroad",
            parameters: ecr.merging(abroad) { $1 }.merging([
                "sourceType": "Amazon_ECR", "srcList": "ALL", "includeUntagged": "true",
                "ecsClusterName": "drh", "ecsVpcId": "vpc-1", "ecsSubnetA": "subnet-1",
                "ecsSubnetB": "subnet-2",
                "alarmEmail": "ops@example.com",
            ]) { $1 }, options: ["--region", "us-east-1", "--table", "drh-ImageTable"]),
        Row(
            name: "selected",
            parameters: ecr.merging([
                "srcList": "SELECTED", "includeUntagged": "false",
                "srcImageList":
                    "team/app:1.0,\n team/app:1.1,base:ALL_TAGS,web,team/app:1.0,Bad:1,x@sha256:aa,",
                "alarmEmail": "ops@example.com", "unheard": "of\nit",
            ]) { $1 }, options: ["--topic", "arn:aws:sns:eu-west-1:111122223333:alarm"]),
        Row(
            name: "list-parameter",
            parameters: ecr.merging(abroad) { $1 }.merging(["srcList": "SELECTED", "srcImageList": "a,b:1"]) {
                $1
            },
            options: [
                "--list-parameter", "Stack-selectedImages", "--credential-store", "ssm", "--region",
                "us-east-1",
            ]),
        Row(
            name: "public",
            parameters: [
                "sourceType": "Public", "srcList": "SELECTED", "destRegion": "eu-west-1",
                "srcImageList":
                    "ubuntu,ubuntu:22.04,library/alpine:3.19,bitnami/redis:7,quay.io/team/tool:v1,docker.io/nginx:1,"
                    + "localhost:5000/x:2,public.ecr.aws/nginx/nginx:ALL_TAGS",
                "srcRegion": "", "srcAccountId": "", "destAccountId": "", "srcCredential": "nothing",
            ]),
        Row(name: "public-all", parameters: ["sourceType": "Public", "destRegion": "eu-west-1"]),
    ]

    private static func file(_ parameters: [String: String]) throws -> String {
        let list = parameters.sorted { $0.key < $1.key }.map {
            ["ParameterKey": $0.key, "ParameterValue": $0.value]
        }
        return String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
    }

    @Test("a stack's parameters become manifests, word for word, and they are valid", arguments: table)
    func manifests(row: Row) async throws {
        let davit = try Davit(["DAVIT_VAR_TOPIC": "arn:aws:sns:us-east-1:111122223333:alarm"])
        let made = try await davit.run(
            ["import", "drh", "-"] + row.options, input: try Self.file(row.parameters))
        #expect(made.status == 0, "\(made.errors)")
        try expectGolden(made.output + "-- standard error\n" + made.errors, "import-\(row.name)")
        try davit.write(made.output)
        let validate = try await davit("validate")
        #expect(validate.status == 0, "\(validate.errors)")
    }

    @Test("what is made is valid, whatever the stack was")
    func matrix() async throws {
        let davit = try Davit(["DAVIT_VAR_TOPIC": "arn:aws:sns:us-east-1:111122223333:alarm"])
        var random = Random(seed: 11)
        let hosts = [
            "", "", "library/", "a-b.io/", "a.b.io/", "quay.io/", "docker.io/", "h:5000/", "h:x/", "-.x/",
            "é.io/",
        ]
        let names = ["app", "team/app", "a/b/c", "Bad", "x_y", "x..y", "ubuntu", ""]
        let tags = [
            "", ":1", ":ALL_TAGS", ":v1.0-rc.1", ":*", ":a:b", ":", ":true",
            "@sha256:" + String(repeating: "a", count: 64),
        ]
        for _ in 0..<40 {
            let items = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                [hosts, names, tags].map { $0[Int.random(in: 0..<$0.count, using: &random)] }.joined()
            }
            var parameters = Self.ecr
            parameters["srcImageList"] = (items + ["web:1"]).joined(separator: ",")
            for (name, values) in [
                ("sourceType", ["Amazon_ECR", "Public"]), ("srcList", ["ALL", "SELECTED", "SELECTED"]),
                ("includeUntagged", ["true", "false"]), ("alarmEmail", ["", "a@b.example"]),
                ("srcAccountId", ["", "111122223333"]), ("destAccountId", ["", "444455556666"]),
                ("srcCredential", ["", "prod/keys"]), ("destCredential", ["", "keys@1"]),
            ] where Bool.random(using: &random) {
                parameters[name] = values[Int.random(in: 0..<values.count, using: &random)]
            }
            let made = try await davit.run(["import", "drh", "-"], input: try Self.file(parameters))
            #expect(made.status == 0, "\(parameters): \(made.errors)")
            try davit.write(made.output)
            let validate = try await davit("validate")
            #expect(validate.status == 0, "\(parameters): \(validate.errors) \(made.output)")
        }
    }

    @Test("the README's stack becomes the README's manifests")
    func readme() async throws {
        let root = ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent(
            "../..")
        let text = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
        func block(_ mark: String) throws -> String {
            let rest = try #require(text.components(separatedBy: "<!-- \(mark) -->\n").dropFirst().first)
            return rest.components(separatedBy: "```")[1].split(separator: "\n").dropFirst().joined(
                separator: "\n")
        }
        let davit = try Davit()
        try davit.write(try block("a stack"), at: "stack.json")
        let made = try await davit.run(["import", "drh", "stack.json"])
        #expect(made.status == 0, "\(made.errors)")
        let bare = made.output.split(separator: "\n").filter { !$0.hasPrefix("# ") }.joined(separator: "\n")
        #expect(bare == (try block("its manifests")), "\(bare)")
        try davit.write(made.output)
        #expect(try await davit("validate").status == 0)
    }

    @Test("the other forms of a stack's parameters say the same")
    func forms() async throws {
        let davit = try Davit()
        let parameters = Self.ecr.merging(Self.abroad) { $1 }
        let list = try await davit.run(
            ["import", "drh", "-", "--region", "us-east-1"], input: Self.file(parameters))
        func made(_ object: Any) async throws -> Outcome {
            let data = try JSONSerialization.data(withJSONObject: object)
            let path = try davit.write(String(decoding: data, as: UTF8.self), at: "stack.json")
            _ = path
            return try await davit.run(["import", "drh", davit.file("stack.json")])
        }
        let fields = parameters.sorted { $0.key < $1.key }.map {
            ["ParameterKey": $0.key, "ParameterValue": $0.value]
        }
        let stack: [String: Any] = [
            "StackName": "drh", "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/drh/1",
            "Parameters": fields,
            "Outputs": [
                ["OutputKey": "TopicName", "OutputValue": "arn:aws:sns:us-east-1:111122223333:drh-alarm"],
                ["OutputKey": "TableName", "OutputValue": "drh-ImageTable"],
            ],
        ]
        let described = try await made(["Stacks": [stack]])
        #expect(described.status == 0, "\(described.errors)")
        #expect(described.output.contains("statusTable: { name: drh-ImageTable, region: us-east-1 }"))
        let bare = { (text: String) in
            text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.contains("statusTable") }
        }
        #expect(bare(described.output) == bare(list.output))
        let template = try await made([
            "Parameters": parameters.mapValues { ["Type": "String", "Default": $0] }
        ])
        let configuration = try await made(["Parameters": parameters])
        #expect(template.output == configuration.output)
        #expect(bare(template.output).count == bare(list.output).count)
    }

    @Test(
        "what can't be taken over is told and ends with 65",
        arguments: [
            ("", "it is no JSON"), ("{}", "it is neither a list of"), ("[[", "it is no JSON"),
            (#"[{"ParameterKey":"destRegion"}]"#, "destRegion has no ParameterValue"),
            (#"[{"ParameterValue":"x"}]"#, "entry 1 has no ParameterKey"),
            (#"{"Parameters":{"srcRegion":"us-west-2"}}"#, "destRegion is missing or empty"),
            (#"{"Parameters":{"destRegion":"eu-west-1"}}"#, "srcRegion is missing or empty"),
            (#"{"Parameters":{"sourceType":"Docker"}}"#, "sourceType is 'Docker'"),
            (#"{"Parameters":{"sourceType":"Public","srcList":"SOME"}}"#, "srcList is 'SOME'"),
            (
                #"{"Parameters":{"sourceType":"Public","destRegion":"eu-west-1","destAccountId":"12"}}"#,
                "which is no account"
            ),
            (
                #"{"Parameters":{"sourceType":"Public","srcList":"SELECTED","destRegion":"eu-west-1"}}"#,
                "srcImageList names no image"
            ),
            (
                #"[{"ParameterKey":"a","ParameterValue":"1"},{"ParameterKey":"a","ParameterValue":"2"}]"#,
                "a stands there twice"
            ),
            (#"{"Stacks":[{"StackName":"a"},{"StackName":"b"}]}"#, "it describes 2 stacks (a, b)"),
        ])
    func refuses(text: String, words: String) async throws {
        let made = try await Davit().run(["import", "drh", "-"], input: text)
        #expect(made.status == 65 && made.output.isEmpty)
        #expect(made.errors.contains(words), "\(made.errors)")
    }

    @Test("a list of several registries can't be read from one parameter")
    func severalHosts() async throws {
        let parameters = ["sourceType": "Public", "srcList": "SELECTED", "destRegion": "eu-west-1"]
        let both = parameters.merging(["srcImageList": "ubuntu,quay.io/a/b"]) { $1 }
        let one = parameters.merging(["srcImageList": "ubuntu,alpine:3"]) { $1 }
        let davit = try Davit()
        let options = ["import", "drh", "-", "--list-parameter", "p"]
        let refused = try await davit.run(options, input: Self.file(both))
        #expect(refused.status == 65 && refused.errors.contains("docker.io, quay.io"), "\(refused.errors)")
        let made = try await davit.run(options, input: Self.file(one))
        #expect(made.status == 0 && made.output.contains("source: { registry: docker.io }"))
    }

    @Test("files are written into a folder, and nothing is written over")
    func into() async throws {
        let davit = try Davit()
        let (input, folder) = (try Self.file(Self.ecr), davit.file("moved"))
        let first = try await davit.run(["import", "drh", "-", "--into", folder], input: input)
        #expect(first.status == 0 && first.output.isEmpty, "\(first.errors)")
        #expect(try await davit.run(["validate", folder]).status == 0)
        let rules = try davit.text("moved/rules.yaml")
        #expect(rules.contains("kind: Replication") && !rules.contains("kind: Registry"))
        try davit.write("# mine\n", at: "moved/rules.yaml")
        let second = try await davit.run(["import", "drh", "-", "--into", folder], input: input)
        #expect(second.status == 64 && second.errors.contains("would be written over: say --force"))
        #expect(try davit.text("moved/rules.yaml") == "# mine\n")
        let forced = try await davit.run(["import", "drh", "-", "--into", folder, "--force"], input: input)
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(try davit.text("moved/rules.yaml") == rules)
    }

    @Test("values that mean mischief stay values")
    func hostile() async throws {
        let davit = try Davit(["DAVIT_VAR_A": "b"])
        for value in ["a\n  env: { token: X }", "${HOME}", "\"}\nspec: {}", "# x", "\u{2028}- a"] {
            let parameters = Self.ecr.merging(Self.abroad) { $1 }.merging([
                "srcCredential": value, value: value,
            ]) { $1 }
            let made = try await davit.run(["import", "drh", "-"], input: try Self.file(parameters))
            #expect(made.status == 0, "\(made.errors)")
            try davit.write(made.output)
            let validate = try await davit("validate", "--output", "json")
            // A name that AWS has for no secret is refused as one, and nothing else happens.
            #expect(validate.status == 65)
            #expect(validate.errors.contains("is no name of a secret"), "\(validate.errors)")
            #expect(!validate.errors.contains("variable"), "\(validate.errors)")
        }
    }
}

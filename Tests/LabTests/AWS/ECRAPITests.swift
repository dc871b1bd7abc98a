import Foundation
import Lab
import Testing

@Suite("The ECR front's API", .enabled(if: Judges.areInstalled)) struct ECRAPITests {
    private let name: JSONValue = "team/app"

    @Test("pages are true, and a page's token is that of its question")
    func pages() async throws {
        let bench = try FrontBench()
        try bench.front.fill("team/app", at: bench.place, tags: 205, untagged: 5)
        let answers = try await bench.front.boto(
            BotoCall("ecr", "list_images", ["repositoryName": name]),
            BotoCall(
                "ecr", "list_images", ["repositoryName": name, "filter": ["tagStatus": "TAGGED"]], page: 50),
            BotoCall("ecr", "describe_images", ["repositoryName": name], page: 1_000),
            BotoCall("ecr", "describe_images", ["repositoryName": name, "nextToken": "AAAA"]),
            as: FrontBench.own)
        #expect(answers[0]["imageIds"]?.list.count == 100 && answers[0]["nextToken"]?.text != nil)
        #expect(answers[1]["imageIds"]?.list.count == 205 && answers[1]["pages"]?.int == 5)
        #expect(Set(answers[1]["imageIds"]?.list.compactMap { $0["imageTag"]?.text } ?? []).count == 205)
        #expect(answers[2]["imageDetails"]?.list.count == 210 && answers[2]["pages"]?.int == 1)
        #expect(answers[3]["error"] == "InvalidParameterException")
        #expect(try bench.front.violations().count == 1)
    }

    @Test(
        "what the service's model does not take is refused, and told",
        arguments: [
            (["repositoryName": "team/app", "maxResult": 5], "SerializationException", "maxResult"),
            (["repositoryName": "team/app", "maxResults": "5"], "SerializationException", "integer"),
            (["repositoryName": "team/app", "maxResults": 1001], "InvalidParameterException", "1000"),
            (["repositoryName": "Team/App"], "InvalidParameterException", "pattern"),
            (["maxResults": 5], "InvalidParameterException", "repositoryName"),
            (
                ["repositoryName": "team/app", "filter": ["tagStatus": "SOME"]],
                "InvalidParameterException", "enum"
            ),
        ] as [([String: JSONValue], JSONValue, String)])
    func refused(members: [String: JSONValue], code: JSONValue, word: String) async throws {
        let bench = try FrontBench()
        var call = BotoCall("ecr", "list_images", members)
        call.raw = ["repositoryName": "team/app"]
        let answer = try await bench.front.boto(call, as: FrontBench.own)[0]
        #expect(answer["error"] == code)
        #expect(answer["message"]?.text?.contains(word) == true)
        let told = try bench.front.violations()
        #expect(told.count == 1 && told.first?.hasPrefix("ListImages: ") == true)
    }

    @Test("wrong keys are told apart")
    func keys() async throws {
        let bench = try FrontBench()
        var wrong = try bench.front.keys(of: FrontBench.own)
        wrong.secret += "x"
        var unknown = wrong
        unknown.id = "AKIAUNKNOWNUNKNOWN00"
        let call = BotoCall("ecr", "describe_repositories")
        let who = BotoCall("sts", "get_caller_identity")
        for (keys, codes) in [
            (wrong, ["InvalidSignatureException", "SignatureDoesNotMatch"]),
            (unknown, ["UnrecognizedClientException", "InvalidClientTokenId"]),
        ] {
            let answers = try await bench.front.boto(call, who, as: FrontBench.own, keys: keys)
            #expect(answers.map { $0["error"]?.text } == codes)
        }
        #expect(try bench.front.requests().allSatisfy { $0.status >= 400 })
        let bare = try RawClient(#require(Endpoint(bench.front.apiAddress))).send(
            "POST", "/", headers: ["X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.ListImages"])
        #expect(bare.json?["__type"] == "MissingAuthenticationTokenException")
    }

    @Test(
        "a role of the other account's is assumed, by those who know its external id, until its keys expire")
    func role() async throws {
        let bench = try FrontBench()
        let arn = "arn:aws-cn:iam::444455556666:role/mirror"
        try bench.front.makeRole(arn, externalID: "theirs")
        func assume(_ more: [String: JSONValue]) -> BotoCall {
            BotoCall(
                "sts", "assume_role",
                ["RoleArn": .text(arn), "RoleSessionName": "davit"].merging(more) { $1 })
        }
        let answers = try await bench.front.boto(
            assume([:]), assume(["ExternalId": "theirs", "DurationSeconds": 900]), as: FrontBench.own)
        #expect(answers[0]["error"] == "AccessDenied")
        let made = try #require(answers[1]["Credentials"])
        var keys = try bench.front.keys(of: FrontBench.other)
        keys.id = try #require(made["AccessKeyId"]?.text)
        keys.secret = try #require(made["SecretAccessKey"]?.text)
        let token = try #require(made["SessionToken"]?.text)
        let who = BotoCall("sts", "get_caller_identity", region: "cn-north-1")
        let list = BotoCall("ecr", "describe_repositories", region: "cn-north-1")
        let asked = try await bench.front.boto(who, list, as: FrontBench.other, keys: keys, token: token)
        #expect(asked[0]["Account"]?.text == FrontBench.other)
        #expect(asked[1]["repositories"] == [])
        let tokenless = try await bench.front.boto(list, as: FrontBench.other, keys: keys)
        #expect(tokenless[0]["error"] == "UnrecognizedClientException")
        try bench.front.expireSessions()
        let late = try await bench.front.boto(list, who, as: FrontBench.other, keys: keys, token: token)
        #expect(late.map { $0["error"]?.text } == ["ExpiredTokenException", "ExpiredToken"])
    }

    @Test("a missing right is named, and too many calls are refused")
    func rights() async throws {
        let bench = try FrontBench()
        try bench.front.deny("ecr:CreateRepository", to: FrontBench.own)
        try bench.front.throttle("ecr:ListImages", next: 2)
        let list = BotoCall("ecr", "list_images", ["repositoryName": name])
        let answers = try await bench.front.boto(
            BotoCall("ecr", "create_repository", ["repositoryName": "team/new"]), list, list, list,
            as: FrontBench.own)
        #expect(answers[0]["error"] == "AccessDeniedException")
        let text = answers[0]["message"]?.text ?? ""
        #expect(
            text.contains(
                "not authorized to perform: ecr:CreateRepository on resource: "
                    + "arn:aws:ecr:eu-west-1:111122223333:repository/team/new"))
        #expect(
            answers.dropFirst().map { $0["error"]?.text } == [
                "ThrottlingException", "ThrottlingException", nil,
            ])
        try bench.front.throttle("ecr:ListImages", perSecond: 0.001, burst: 1)
        let paced = try await bench.front.boto(list, list, as: FrontBench.own)
        #expect(paced.map { $0["error"]?.text } == [nil, "ThrottlingException"])
    }

    @Test("names are China's there, and other accounts are let in when they may")
    func china() async throws {
        let bench = try FrontBench(FrontBench.there)
        let here = "cn-north-1"
        let answers = try await bench.front.boto(
            BotoCall("ecr", "describe_repositories", region: here),
            BotoCall("ecr", "get_authorization_token", region: here), as: FrontBench.other)
        let repository = try #require(answers[0]["repositories"]?.list.first)
        let host = "444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn"
        #expect(repository["repositoryUri"]?.text == host + "/team/app")
        #expect(repository["repositoryArn"]?.text?.hasPrefix("arn:aws-cn:ecr:cn-north-1:") == true)
        let given = try #require(answers[1]["authorizationData"]?.list.first)
        #expect(given["proxyEndpoint"]?.text == "https://" + host)
        let list = BotoCall(
            "ecr", "list_images", ["repositoryName": name, "registryId": .text(FrontBench.other)],
            region: here)
        #expect(
            try await bench.front.boto(list, as: FrontBench.own)[0]["error"] == "AccessDeniedException")
        try bench.front.set(at: bench.place) { $0.opensToOthers = true }
        #expect(try await bench.front.boto(list, as: FrontBench.own)[0]["imageIds"] == [])
    }

    @Test("settings of a repository are kept as they are set")
    func settings() async throws {
        let bench = try FrontBench()
        // A lifecycle policy has a hundred characters at least.
        let policy = #"{"rules":[]}"# + String(repeating: " ", count: 100)
        let named: [String: JSONValue] = ["repositoryName": "team/set"]
        func call(_ action: String, _ members: [String: JSONValue] = [:]) -> BotoCall {
            BotoCall("ecr", action, named.merging(members) { $1 })
        }
        let arn: JSONValue = "arn:aws:ecr:eu-west-1:111122223333:repository/team/set"
        let made = call(
            "create_repository",
            [
                "tags": [["Key": "team", "Value": "web"]],
                "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                "imageTagMutabilityExclusionFilters": [["filterType": "WILDCARD", "filter": "dev-*"]],
                "imageScanningConfiguration": ["scanOnPush": true],
                "encryptionConfiguration": ["encryptionType": "KMS", "kmsKey": "alias/x"],
            ])
        let answers = try await bench.front.boto(
            made, made, call("get_lifecycle_policy"),
            call("put_lifecycle_policy", ["lifecyclePolicyText": .text(policy)]),
            call("get_lifecycle_policy"), call("get_repository_policy"),
            call("set_repository_policy", ["policyText": .text(policy)]), call("get_repository_policy"),
            call("put_image_tag_mutability", ["imageTagMutability": "MUTABLE"]),
            call("put_image_scanning_configuration", ["imageScanningConfiguration": ["scanOnPush": false]]),
            BotoCall("ecr", "tag_resource", ["resourceArn": arn, "tags": [["Key": "a", "Value": "b"]]]),
            BotoCall("ecr", "untag_resource", ["resourceArn": arn, "tagKeys": ["team"]]),
            BotoCall("ecr", "list_tags_for_resource", ["resourceArn": arn]),
            BotoCall("ecr", "describe_repositories", ["repositoryNames": ["team/set"]]),
            BotoCall("ecr", "get_account_setting", ["name": "BLOB_MOUNTING"]), as: FrontBench.own)
        let errors = answers.map { $0["error"]?.text ?? "" }
        #expect(errors[1] == "RepositoryAlreadyExistsException")
        #expect(errors[2] == "LifecyclePolicyNotFoundException")
        #expect(errors[5] == "RepositoryPolicyNotFoundException")
        #expect(errors.filter { !$0.isEmpty }.count == 3)
        let first = answers[0]["repository"]
        #expect(first?["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION")
        #expect(
            first?["encryptionConfiguration"]?["kmsKey"]?.text?.hasPrefix("arn:aws:kms:eu-west-1:") == true)
        #expect(answers[4]["lifecyclePolicyText"]?.text == policy)
        #expect(answers[7]["policyText"]?.text?.contains("rules") == true)
        #expect(answers[12]["tags"] == [["Key": "a", "Value": "b"]])
        let last = answers[13]["repositories"]?.list.first
        #expect(last?["imageTagMutability"] == "MUTABLE")
        #expect(last?["imageScanningConfiguration"]?["scanOnPush"] == false)
        #expect(answers[14]["value"] == "DISABLED")
        #expect(try bench.front.violations() == [])
    }

    @Test("other services go on to moto, and are counted")
    func others() async throws {
        let bench = try FrontBench(moto: true)
        try bench.front.deny("ssm:GetParameters", to: FrontBench.own)
        let answers = try await bench.front.boto(
            BotoCall(
                "ssm", "put_parameter", ["Name": "drh-credentials", "Value": "x", "Type": "SecureString"]),
            BotoCall("ssm", "get_parameter", ["Name": "drh-credentials", "WithDecryption": true]),
            BotoCall("ssm", "get_parameters", ["Names": ["drh-credentials"]]),
            BotoCall("sns", "create_topic", ["Name": "alarms"]),
            BotoCall("sns", "list_topics"),
            BotoCall("dynamodb", "list_tables"), as: FrontBench.own)
        #expect(answers[1]["Parameter"]?["Value"] == "x")
        #expect(answers[2]["error"] == "AccessDeniedException")
        #expect(answers[4]["Topics"]?.list.count == 1)
        #expect(answers[5]["TableNames"] == [])
        #expect(try bench.front.counts()["ssm:GetParameter"] == 1)
        #expect(try bench.front.violations() == [])
    }
}

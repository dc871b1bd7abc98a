/// Manifests that do what a stack of the Data Replication Hub did.
struct DRHManifests {
    let input: StackInput
    let stack: DRHStack
    let options: DRHOptions
    let list: DRHList

    init(_ input: StackInput, _ options: DRHOptions) throws(ImportError) {
        self.input = input
        var options = options
        options.region = options.region ?? input.region
        options.table = options.table ?? Self.table(in: input)
        options.topic = options.topic ?? Self.topic(in: input)
        self.options = options
        stack = try DRHStack(input)
        list = DRHList(stack.list ?? "", isPublic: stack.source == .anyPublic)
        guard stack.list != nil else {
            guard options.listParameter == nil else {
                throw ImportError("srcList is ALL: there is no list that --list-parameter could name")
            }
            return
        }
        guard !list.groups.isEmpty || options.listParameter != nil else {
            throw ImportError(
                "srcImageList names no image: where the list was changed in its parameter, name that with --list-parameter"
            )
        }
        let hosts = list.groups.compactMap(\.host)
        guard options.listParameter == nil || hosts.count < 2 else {
            throw ImportError(
                "the list is of several registries (\(hosts.joined(separator: ", "))), and a rule has one source: leave --list-parameter out, and each gets a rule"
            )
        }
    }

    /// What should be known before the manifests are used, one line each.
    var warnings: [String] {
        var lines = list.notes.map { note in
            "\(note.item): \(note.text)" + (note.isLeftOut ? "; it is left out" : "")
        }
        lines += unknown.map { "the parameter \($0) is unknown to davit and was passed over" }
        if stack.didNothing {
            lines.append(
                "ALL of public registries did nothing there: no rule is written, only a sketch of one")
        }
        if options.region == nil, needsRegion {
            lines.append(
                "the stack's region is not known: where davit runs in another one, say --region, or read 'aws cloudformation describe-stacks'"
            )
        }
        return lines
    }

    /// Parameters that are none of the plugin's.
    var unknown: [String] { input.parameters.map(\.name).filter { DRHParameter(rawValue: $0) == nil } }

    private var needsRegion: Bool {
        stack.usesSourceSecret || stack.usesDestinationSecret || options.listParameter != nil
            || options.table != nil
    }

    /// A topic among what the stack has told of itself.
    private static func topic(in input: StackInput) -> String? {
        input.outputs.map(\.value).first { value in
            let parts = value.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == 6 && parts[0] == "arn" && parts[2] == "sns"
        }
    }

    /// A table among them: by its ARN, else by what the output is called.
    private static func table(in input: StackInput) -> String? {
        for output in input.outputs {
            let parts = output.value.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count == 6, parts[0] == "arn", parts[2] == "dynamodb", parts[5].hasPrefix("table/") {
                return String(parts[5].dropFirst("table/".count))
            }
        }
        return input.outputs.first {
            $0.name.lowercased().contains("table") && !$0.value.contains(":") && !$0.value.isEmpty
        }?.value
    }
}

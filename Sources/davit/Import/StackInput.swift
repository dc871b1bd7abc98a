import FoundationEssentials

/// What is known of a CloudFormation stack: its parameters, and, where it was described, its outputs and where it is.
struct StackInput: Equatable {
    /// One parameter or output.
    struct Field: Equatable {
        var name: String
        var value: String
    }

    /// In the order of the text; of an object, which has none, by name.
    var parameters: [Field] = []
    var outputs: [Field] = []
    /// The stack's name and region, where its ARN tells them.
    var name: String?
    var region: String?

    /// Reads a parameter file, a `{"Parameters": …}` file or template, or what `describe-stacks` prints.
    init(reading bytes: [UInt8]) throws(ImportError) {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            throw ImportError("it is no JSON; a template in YAML is read once it is JSON")
        }
        if let stacks = json["Stacks"]?.elements {
            guard stacks.count == 1 else {
                let names = stacks.compactMap { $0["StackName"]?.text }.joined(separator: ", ")
                throw ImportError(
                    "it describes \(stacks.count) stacks (\(names)); ask for one: describe-stacks --stack-name NAME"
                )
            }
            try readStack(stacks[0])
        } else if let list = json.elements {
            parameters = try Self.fields(list, "ParameterKey", "ParameterValue")
        } else if case .object(let members)? = json["Parameters"] {
            parameters = try Self.fields(members)
        } else {
            throw ImportError(
                "it is neither a list of ParameterKey and ParameterValue, nor an object with Parameters, nor what 'aws cloudformation describe-stacks' prints"
            )
        }
        try refuseRepeated()
    }

    private mutating func readStack(_ stack: JSONValue) throws(ImportError) {
        name = stack["StackName"]?.text
        // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        let parts = (stack["StackId"]?.text ?? "").split(separator: ":", omittingEmptySubsequences: false)
        if parts.count >= 6, parts[0] == "arn", !parts[3].isEmpty { region = String(parts[3]) }
        parameters = try Self.fields(stack["Parameters"]?.elements ?? [], "ParameterKey", "ParameterValue")
        outputs = try Self.fields(stack["Outputs"]?.elements ?? [], "OutputKey", "OutputValue")
    }

    private static func fields(_ list: [JSONValue], _ key: String, _ value: String) throws(ImportError)
        -> [Field]
    {
        var fields: [Field] = []
        for (index, element) in list.enumerated() {
            guard let name = element[key]?.text else {
                throw ImportError("entry \(index + 1) has no \(key)")
            }
            guard let text = (element["ResolvedValue"] ?? element[value])?.text else {
                throw ImportError(
                    "\(name) has no \(value): take the parameters from 'aws cloudformation describe-stacks', which tells those in use"
                )
            }
            fields.append(Field(name: name, value: text))
        }
        return fields
    }

    private static func fields(_ members: [String: JSONValue]) throws(ImportError) -> [Field] {
        var fields: [Field] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            // A template describes parameters; those without a default are told when a stack is made.
            guard let text = value.text ?? value["Default"]?.text else {
                guard value["Type"] != nil else { throw ImportError("\(name) has no value") }
                continue
            }
            fields.append(Field(name: name, value: text))
        }
        return fields
    }

    private func refuseRepeated() throws(ImportError) {
        var known: [String: String] = [:]
        for field in parameters {
            guard known.updateValue(field.value, forKey: field.name) ?? field.value == field.value else {
                throw ImportError("\(field.name) stands there twice, with different values")
            }
        }
    }
}

/// Why something can't be taken over.
struct ImportError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

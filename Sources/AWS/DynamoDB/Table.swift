import FoundationEssentials
import Registry

/// A table, and the three writes that are made to it (DynamoDB API Reference: "PutItem", "UpdateItem", "DeleteItem").
public struct Table: Sendable {
    /// What became of a write that hangs on a condition.
    public enum Verdict: Hashable, Sendable {
        /// It was done; the item as it is now, where that was asked for.
        case done(Item)
        /// The condition did not hold; the item as it is, where there is one.
        case refused(Item?)
    }

    /// Its name.
    public let name: String
    private let client: AWSClient

    /// - Parameter client: of `dynamodb`, in the table's region.
    public init(_ name: String, _ client: AWSClient) {
        self.name = name
        self.client = client
    }

    private struct Write: Encodable {
        var table: String
        var item: Item?
        var key: Item?
        var update: String?
        var condition: String?
        var names: [String: String]?
        var values: Item?
        var answer: String?
        var refusal: String?

        enum CodingKeys: String, CodingKey {
            case table = "TableName"
            case item = "Item"
            case key = "Key"
            case update = "UpdateExpression"
            case condition = "ConditionExpression"
            case names = "ExpressionAttributeNames"
            case values = "ExpressionAttributeValues"
            case answer = "ReturnValues"
            case refusal = "ReturnValuesOnConditionCheckFailure"
        }
    }

    private struct Answer: Decodable {
        var attributes: Item?

        enum CodingKeys: String, CodingKey { case attributes = "Attributes" }
    }

    private struct Refusal: Decodable {
        var item: Item?

        enum CodingKeys: String, CodingKey { case item = "Item" }
    }

    /// Puts an item in the place of whatever has its key.
    public func put(_ item: Item, if condition: Condition? = nil) async throws(AWSError) -> Verdict {
        var write = Write(table: name)
        write.item = item
        return try await call("PutItem", write, condition)
    }

    /// Changes attributes of an item, which comes about where there was none; the whole item is answered.
    ///
    /// - Parameters:
    ///   - expression: `SET #a = :a`, with the names and values of the condition.
    public func update(_ key: Item, _ expression: String, if condition: Condition) async throws(AWSError)
        -> Verdict
    {
        var write = Write(table: name)
        (write.key, write.update, write.answer) = (key, expression, "ALL_NEW")
        return try await call("UpdateItem", write, condition)
    }

    /// Takes an item away.
    public func delete(_ key: Item, if condition: Condition) async throws(AWSError) -> Verdict {
        var write = Write(table: name)
        write.key = key
        return try await call("DeleteItem", write, condition)
    }

    private func call(_ action: String, _ write: Write, _ condition: Condition?) async throws(AWSError)
        -> Verdict
    {
        var write = write
        if let condition {
            write.condition = condition.expression
            // DynamoDB takes none that are empty.
            write.names = condition.names.isEmpty ? nil : condition.names
            write.values = condition.values.isEmpty ? nil : condition.values
            write.refusal = "ALL_OLD"
        }
        do throws(AWSError) {
            let answer: Answer = try await client.call(action, write, answerLimit: 1 << 20)
            return .done(answer.attributes ?? [:])
        } catch {
            guard error.code == "ConditionalCheckFailedException" else {
                throw error.explained(reason(error.code))
            }
            return .refused(
                error.answer.flatMap { try? JSONDecoder().decode(Refusal.self, from: Data($0)).item })
        }
    }

    private func reason(_ code: String) -> String? {
        code == "ResourceNotFoundException"
            ? "there is no table '\(name.printable(atMost: 200))' in this account and region" : nil
    }
}

import Desired
import YAML

extension FuzzTarget {
    static func yaml(_ bytes: [UInt8]) {
        let limits = YAMLLimits()
        let stream = YAMLStream(reading: bytes, limits: limits)
        hold(stream.isComplete || !stream.faults.isEmpty, "an end without a fault")
        for fault in stream.faults {
            hold(fault.position.line > 0 && fault.position.column > 0, "\(fault) is nowhere")
        }
        for document in stream.documents { hold(depth(of: document) <= limits.depth, "too deep") }
    }

    /// The levels of a tree; aliases are followed as often as they stand there.
    private static func depth(of node: Node) -> Int {
        switch node.content {
        case .scalar: 1
        case .sequence(let nodes): 1 + (nodes.map { depth(of: $0) }.max() ?? 0)
        case .mapping(let entries): 1 + (entries.map { depth(of: $0.value) }.max() ?? 0)
        }
    }

    static func rules(_ bytes: [UInt8]) {
        var options = LoadOptions()
        options.environment = ["DAVIT_VAR_A": "a", "SECRET": "s"]
        let result = DesiredState.load(
            text: String(decoding: bytes, as: UTF8.self), named: "fuzz.yaml", options: options)
        let failed = result.diagnostics.contains { $0.severity == .error }
        hold((result.state == nil) == failed, "a state and errors, or neither")
        for diagnostic in result.diagnostics { hold(!"\(diagnostic)".isEmpty, "a diagnostic without words") }
    }
}

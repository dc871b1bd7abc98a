import Desired
import Plan

extension FuzzTarget {
    /// The rules that plans are read for.
    private static let ruleText = """
        apiVersion: davit/v1
        kind: Registry
        metadata: { name: from }
        spec: { host: source.test }
        ---
        apiVersion: davit/v1
        kind: Registry
        metadata: { name: to }
        spec: { host: destination.test }
        ---
        apiVersion: davit/v1
        kind: Replication
        metadata: { name: harbour }
        spec:
          source: { registry: from }
          destination: { registry: to }
          images: [{ repository: lab/r001, tags: { include: ["*"] } }]

        """

    private static let state = DesiredState.load(text: ruleText, named: "rules.yaml").state

    /// Read as they are, and behind a header of the rules above, so that what follows it is looked at too.
    static func plan(_ bytes: [UInt8]) {
        guard let state else { return hold(false, "the rules are at fault") }
        let header = SavedPlan.Header(davit: "0", rules: state.fingerprint, chosen: nil, made: "")
        var writer = SavedPlanWriter()
        let first = (try? writer.begin(header)) ?? []
        for text in [bytes, first + bytes] {
            let source: SavedPlan.Source = { (offset, count) throws(SavedPlanError) in
                guard offset >= 0, offset < text.count else { return [] }
                return Array(text[Int(offset)..<min(text.count, Int(offset) + count)])
            }
            var reader = SavedPlanReader(
                state, hosts: ["from": "source.test", "to": "destination.test"], source: source)
            do throws(SavedPlanError) {
                let plan = try reader.read().plan
                for image in plan.images {
                    hold((try? plan.record(of: image)) != nil, "\(image.destinationName) can't be read again")
                }
            } catch { hold(!error.description.isEmpty, "an error without words") }
        }
    }
}

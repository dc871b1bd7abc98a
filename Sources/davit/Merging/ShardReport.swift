import Desired
import FoundationEssentials
import Reconcile

/// The report of one shard, as `reconcile` wrote it.
struct ShardReport {
    /// Where it was read.
    let path: String
    let pass: PassReport
    /// The part of the work; a report of all of it is that of the one shard of one.
    var index: Int { pass.shard?.index ?? 0 }
    var count: Int { pass.shard?.count ?? 1 }
    var key: String { pass.shard.map { "\($0.key)" } ?? "repository" }

    /// Why a text is no such report.
    enum Fault: Error {
        /// It is cut off, damaged or something else.
        case broken(String)
        /// It has a form that this davit does not know.
        case version(Int)
    }

    /// Reads a report and checks that its sums fit its images.
    init(_ path: String, reading bytes: [UInt8]) throws(Fault) {
        struct Form: Decodable {
            struct Pass: Decodable { var version: Int }
            var version: Int
            var pass: Pass
        }
        let (decoder, data) = (JSONDecoder(), Data(bytes))
        guard let form = try? decoder.decode(Form.self, from: data) else {
            throw .broken("it is no whole report of reconcile")
        }
        for version in [form.version, form.pass.version] where version != ReportDocument.version {
            throw .version(version)
        }
        guard let document = try? decoder.decode(ReportDocument.self, from: data) else {
            throw .broken("something in it is no report's")
        }
        guard document.merged == nil else { throw .broken("it was put together of several already") }
        guard document == ReportDocument(document.pass) else {
            throw .broken("its sums do not fit its images")
        }
        (self.path, pass) = (path, document.pass)
    }
}

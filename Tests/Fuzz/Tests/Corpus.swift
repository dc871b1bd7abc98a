import Foundation
import FuzzTargets

/// The seeds of a target: the files of its folder, and what else is told to be read from the repository.
struct Corpus {
    let seeds: [[UInt8]]

    init(_ target: FuzzTarget) throws {
        let folder = Self.root + "/" + target.rawValue
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        seeds = try names.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) }
    }

    /// Where the corpus lies, beside this file.
    private static let root: String = {
        let here = (#filePath as NSString).deletingLastPathComponent
        return (here as NSString).deletingLastPathComponent + "/Corpus"
    }()
}

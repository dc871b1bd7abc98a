import Foundation
import Testing

@testable import Desired

@Suite("ManifestFinder") struct ManifestFinderTests {
    private let tree: TemporaryFolder

    init() throws { tree = try TemporaryFolder() }

    private func manifest(_ name: String) -> String {
        "apiVersion: davit/v1\nkind: Credential\nmetadata: { name: \(name) }\nspec: { anonymous: {} }\n"
    }

    private func load(_ paths: String...) -> LoadResult {
        DesiredState.load(paths: paths.map { tree.path + "/" + $0 })
    }

    private func messages(_ result: LoadResult) -> [String] {
        result.diagnostics.map { "\($0.file.replacing(tree.path + "/", with: "")): \($0.message)" }
    }

    @Test("reads folders to their bottom, in the order of bytes, hidden files left out")
    func order() throws {
        for name in ["b.yaml", "B.yml", "a/z.yaml", "a.yaml", "é.yaml"] {
            try tree.write("x", to: "m/" + name)
        }
        for name in [".hidden.yaml", ".git/x.yaml", "notes.txt", "x.yaml~"] {
            try tree.write("x", to: "m/" + name)
        }
        var finder = ManifestFinder(options: LoadOptions())
        finder.find(tree.path + "/m")
        let names = finder.files.map { String($0.name.dropFirst(tree.path.count + 3)) }
        #expect(names == ["B.yml", "a.yaml", "a/z.yaml", "b.yaml", "é.yaml"])
    }

    @Test("reads a file once, however often it is named")
    func once() throws {
        try tree.write(manifest("a"), to: "m/a.yaml")
        let result = load("m", "m/a.yaml", "m/../m")
        #expect(result.diagnostics.isEmpty)
        #expect(result.state?.credentials.count == 1)
    }

    @Test("reads a folder mounted by Kubernetes, whose files are links to a hidden folder")
    func mounted() throws {
        try tree.write(manifest("a"), to: "m/..2024/a.yaml")
        try tree.link("m/..data", to: "..2024")
        try tree.link("m/a.yaml", to: "..data/a.yaml")
        #expect(load("m").state?.credentials.count == 1)
    }

    @Test("a link out of the folder is refused, and nothing of it is shown")
    func links() throws {
        try tree.write("root:x:0\n", to: "passwd")
        try tree.write(manifest("a"), to: "m/a.yaml")
        try tree.link("m/b.yaml", to: "../passwd")
        let result = load("m")
        #expect(messages(result) == ["m/b.yaml: the link leads out of the folder of the manifests"])
        #expect(result.state == nil)
    }

    @Test("linked folders are not followed, and told")
    func linkedFolders() throws {
        try tree.write(manifest("a"), to: "m/a.yaml")
        try tree.link("m/again", to: ".")
        let result = load("m")
        #expect(messages(result) == ["m/again: the linked folder is left out"])
        #expect(result.state?.credentials.count == 1)
    }

    @Test("what looks like a manifest must be one", arguments: [".", "nowhere", "/dev/null"])
    func links(target: String) throws {
        try tree.write(manifest("a"), to: "m/a.yaml")
        try tree.link("m/b.yaml", to: target)
        #expect(load("m").state == nil)
    }

    @Test("says what is not there or not readable")
    func missing() throws {
        try tree.write(String(repeating: "#", count: (4 << 20) + 1), to: "m/large.yaml")
        #expect(messages(load("absent")) == ["absent: there is no such file or folder"])
        #expect(messages(load("m")) == ["m/large.yaml: the file has more than 4 MiB"])
    }

    @Test("no manifests at all is a fault")
    func empty() throws {
        try tree.write("# nothing\n---\n", to: "m/a.yaml")
        #expect(messages(load("m")) == ["m: there are no manifests"])
        #expect(DesiredState.load(paths: []).diagnostics.map(\.message) == ["there are no manifests"])
    }

    @Test("faults of all files are told together, and references cross files")
    func together() throws {
        try tree.write("kind: Registry\nmetadata: { name: b }\n", to: "m/b.yaml")
        try tree.write("a: [\n", to: "m/a.yaml")
        let rule = """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: r }
            spec:
              source: { registry: b }
              destination: { registry: nowhere }
              images: [{ repository: a/b, tags: { include: ["*"] }, more: 1 }]
            """
        try tree.write(rule, to: "m/c.yaml")
        #expect(
            messages(load("m")) == [
                "m/a.yaml: not YAML: did not find expected node content while parsing a flow node",
                "m/b.yaml: 'apiVersion' is missing in 'document'",
                "m/b.yaml: 'spec' is missing in 'document'",
                "m/c.yaml: unknown key 'more' in 'images[]'",
            ])
    }

    @Test("looks for none among the blobs of an image layout")
    func layouts() throws {
        for name in ["l/app/oci-layout", "l/app/blobs/x.yaml", "l/app/y.yaml", "l/blobs/z.yaml"] {
            try tree.write("x", to: name)
        }
        var finder = ManifestFinder(options: LoadOptions())
        finder.find(tree.path + "/l")
        let names = finder.files.map { String($0.name.dropFirst(tree.path.count + 3)) }
        #expect(names == ["app/y.yaml", "blobs/z.yaml"])
    }
}

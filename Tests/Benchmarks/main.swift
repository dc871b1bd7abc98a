import Foundation
import Lab

let usage = """
    usage: davit-lab COMMAND …
      registry [--port N] [--storage DIR]        a docker-registry in the foreground, until SIGTERM
      seed     --url URL [--user U:P] [--parallel N] SHAPE…
      verify   --src URL --dst URL SHAPE…        compares tag by tag and blob by blob
      count    --to HOST:PORT [--listen HOST:PORT] [--delay-ms N] [--out FILE]
      bench    --davit PATH [--workload W1,W2,W3,W4,W5,W5small,W6,W7,W7cold] [--pairs N]
               [--only davit|skopeo] [--json FILE] [--markdown]
      instructions --davit PATH [--runs N] [--record FILE] [--check FILE]    an idle pass under callgrind
    SHAPE: --seed N --repos N --prefix P --tags N --layers N --layer-size 64K | --sizes A,B --share-across F
           --share-in-repo F --platforms A,B --media oci|docker|mix --incremental N

    """

let words = Array(CommandLine.arguments.dropFirst())
let commands: [String: ([String]) throws -> Void] = [
    "registry": Commands.registry, "seed": Commands.seed, "verify": Commands.verify, "count": Commands.count,
    "bench": Commands.bench, "instructions": Commands.instructions,
]
guard let name = words.first, let command = commands[name] else {
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
}
do {
    try command(Array(words.dropFirst()))
} catch {
    FileHandle.standardError.write(Data("davit-lab \(name): \(error)\n".utf8))
    exit(error is Arguments.Mistake ? 64 : 1)
}

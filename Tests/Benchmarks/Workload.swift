import Lab

/// One of the jobs that tools are measured by.
struct Workload: Sendable {
    let name: String
    let about: String
    /// What the source holds.
    let wanted: Shape
    /// What the destination holds before; nothing when nil.
    let held: Shape?
    /// Milliseconds that each request waits in a proxy on either side.
    let delay: Double
    let target: Target
    /// What davit is measured against.
    var rival = Rival.skopeo

    /// Who does the same job.
    enum Rival: String, Sendable {
        case skopeo
        /// Two bare curls carry the one blob through a pipe, into a session opened before: what the lines and registries bear.
        case pipe
    }

    /// What is to be reached, as ratios to skopeo and as counts.
    struct Target: Sendable {
        var wall: Double
        var cpu: Double?
        var requests: Int?
        var bytesSent: Int?
    }

    private static let large = Shape {
        $0.prefix = "w1/r"
        $0.tags = 8
        $0.layerSizes = Array(repeating: 32 << 20, count: 4)
    }

    private static let many = Shape {
        $0.prefix = "w2/r"
        $0.repositories = 20
        $0.tags = 10
        $0.layerSizes = Array(repeating: 64 << 10, count: 5)
        $0.shareAcross = 0.2
        $0.shareInRepository = 0.4
    }

    private static let manyAndNew = {
        var shape = many
        shape.incremental = 1
        return shape
    }()

    private static let base = Shape {
        $0.prefix = "w6/r"
        $0.repositories = 20
        $0.layerSizes = [64 << 20, 256 << 10]
        $0.shareAcross = 0.5
    }

    /// One repository of one tag with one layer.
    private static func oneBlob(_ name: String, size: Int) -> Shape {
        Shape {
            $0.prefix = "\(name)/r"
            $0.tags = 1
            $0.layerSizes = [size]
        }
    }

    static let all: [Workload] = [
        Workload(
            name: "W1", about: "one repository, 8 tags, 32 layers of 32 MiB, cold", wanted: large, held: nil,
            delay: 0, target: Target(wall: 0.70, cpu: 0.38)),
        Workload(
            name: "W2", about: "20 repositories x 10 tags of small layers, 60 % shared, cold", wanted: many,
            held: nil, delay: 0, target: Target(wall: 0.36, cpu: 0.28, requests: 2_450)),
        Workload(
            name: "W3", about: "the same, nothing to do", wanted: many, held: many, delay: 0,
            target: Target(wall: 0.29, cpu: 0.20, requests: 425, bytesSent: 0)),
        Workload(
            name: "W4", about: "20 new tags among 220", wanted: manyAndNew, held: many, delay: 0,
            target: Target(wall: 0.40, cpu: 0.22, requests: 685)),
        Workload(
            name: "W5", about: "one blob of 2 GiB, against two bare curls and a pipe",
            wanted: oneBlob("w5", size: 2 << 30),
            held: nil, delay: 0, target: Target(wall: 1.10), rival: .pipe),
        Workload(
            name: "W5small", about: "one blob of 200 MiB, for the memory",
            wanted: oneBlob("w5s", size: 200 << 20),
            held: nil, delay: 0, target: Target(wall: 1.10), rival: .pipe),
        Workload(
            name: "W6", about: "a 64 MiB base layer in 20 repositories", wanted: base, held: nil, delay: 0,
            target: Target(wall: 0.85, cpu: 0.80, bytesSent: 70 << 20)),
        Workload(
            name: "W7", about: "W3 with 20 ms before every request", wanted: many, held: many, delay: 20,
            target: Target(wall: 0.02)),
        Workload(
            name: "W7cold", about: "W2 with 20 ms before every request", wanted: many, held: nil, delay: 20,
            target: Target(wall: 0.08)),
    ]
}

// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with: the Swift 6 language, and no warning let through.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

/// A room of the house: a target of ours under `Sources`.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one room.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "davit",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "davit", targets: ["davit"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Floor 0: the system's C libraries, seen through thin windows.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // Floor 1
        room("YAML", ["CYAML"]),
        room("HTTP", ["CCurl", "COpenSSL", httpTypes]),
        room("OCI", ["COpenSSL"]),
        // Floor 2
        room("Desired", ["YAML", "OCI"]),
        room("Registry", ["HTTP", "OCI", httpTypes, logging, subprocess]),
        // Floor 3
        room("Plan", ["Desired", "OCI"]),
        room("AWS", ["Registry", "HTTP", "OCI", "COpenSSL", httpTypes, subprocess]),
        room("State", ["OCI", grdb]),
        // Floor 4
        room("Reconcile", ["Plan", "Desired", "Registry", "State", "HTTP", "OCI"]),
        // The front door
        .executableTarget(
            name: "davit",
            dependencies: [
                "YAML", "HTTP", "OCI", "Desired", "Registry", "Plan", "AWS", "State", "Reconcile",
                httpTypes, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        // What tests and benchmarks stand on: throw-away registries, scripted peers, made images.
        .target(
            name: "Lab", dependencies: ["COpenSSL"], path: "Tests/Lab", exclude: ["Judges"],
            swiftSettings: strict),
        .executableTarget(
            name: "davit-lab", dependencies: ["Lab"], path: "Tests/Benchmarks",
            exclude: ["README.md", "instructions.json"],
            swiftSettings: strict),
        tests("YAMLTests", ["YAML"]),
        tests("OCITests", ["OCI", "Lab"]),
        .testTarget(
            name: "DesiredTests", dependencies: ["Desired", "YAML", "OCI", "Lab"], exclude: ["Fixtures"],
            swiftSettings: strict),
        tests("HTTPTests", ["HTTP", "Lab", httpTypes]),
        tests("RegistryTests", ["Registry", "HTTP", "OCI", "Lab", httpTypes, logging]),
        .testTarget(
            name: "AWSTests", dependencies: ["AWS", "Registry", "HTTP", "OCI", "Lab", httpTypes],
            exclude: ["Judges"],
            swiftSettings: strict),
        tests("PlanTests", ["Plan", "Desired", "OCI", "Lab"]),
        tests("StateTests", ["State", "OCI", "Lab", grdb]),
        tests(
            "ReconcileTests",
            ["Reconcile", "Plan", "Desired", "Registry", "State", "HTTP", "OCI", "Lab", logging]),
        tests("LabTests", ["Lab"]),
        .testTarget(
            name: "DeployTests", dependencies: ["davit", "Lab"], exclude: ["Judges", "actions.json"],
            swiftSettings: strict),
        // What is fed with anything: one body, two drivers (Tests/Fuzz/README.md).
        .target(
            name: "FuzzTargets", dependencies: ["YAML", "OCI", "HTTP", "Desired", "Registry", "Plan"],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "Lab"], path: "Tests/Fuzz/Tests",
            swiftSettings: strict),
        tests(
            "DavitTests",
            ["davit", "AWS", "Reconcile", "Plan", "Desired", "Registry", "HTTP", "OCI", "Lab", httpTypes]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["davit", "Lab", "State", "YAML"], exclude: ["Goldens"],
            swiftSettings: strict
        ),
    ]
)

// libFuzzer's driver links what only `-sanitize=fuzzer` brings (.ci/nightly).
if Context.environment["DAVIT_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "davit-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver",
            swiftSettings: strict))
}

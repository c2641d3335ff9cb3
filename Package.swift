// swift-tools-version: 6.2
// Read from top to bottom, the targets are the diagram of ARCHITECTURE.md: an arrow only points up.
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// The targets whose inner loops cross a module: generic code is specialised over the boundary.
let hot: [SwiftSetting] =
  strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let package = Package(
  name: "kaai",
  products: [
    .executable(name: "kaai", targets: ["kaai"]),
    .executable(name: "kaai-server", targets: ["kaai-server"]),
    .executable(name: "bench", targets: ["bench"]),
  ],
  dependencies: [
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries of the system.
    .systemLibrary(name: "CSQLite", path: "Sources/CSQLite"),
    .systemLibrary(name: "CZlib", path: "Sources/CZlib"),
    .systemLibrary(name: "CCrypto", path: "Sources/CCrypto"),
    .systemLibrary(name: "CXXHash", path: "Sources/CXXHash"),

    // Pure: the language of models, merge rules, clocks, codec, messages.
    .target(
      name: "Protocol", dependencies: ["CZlib", "CCrypto", "CXXHash"], path: "Protocol",
      exclude: ["SPEC.md", "FORMAT.md", "HTTP.md", "GLOSSARY.md"], swiftSettings: hot),

    // Rows and clocks in SQLite.
    .target(
      name: "Storage",
      dependencies: [
        "Protocol", "CSQLite", "CCrypto", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: hot),

    // Text to values and back: the command line's `field=value`, CSV, GeoJSON, JSON lines.
    .target(name: "Interchange", dependencies: ["Protocol"], swiftSettings: strict),

    // The two ends. They never import each other.
    .target(
      name: "ClientCore", dependencies: ["Protocol", "Storage"], path: "ClientCore",
      swiftSettings: strict),
    .target(
      name: "ServerApp",
      dependencies: [
        "Protocol", "Storage",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], path: "ServerApp", swiftSettings: strict),

    // The client's end of HTTP. It carries bytes and knows nothing of what they mean.
    .target(
      name: "Transport",
      dependencies: [
        "Protocol",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),

    // The city's declaration, handed in by the executables.
    .target(
      name: "CityModel", dependencies: ["Protocol", "Interchange"],
      resources: [
        .embedInCode("Sample/board.csv"), .embedInCode("Sample/events.csv"),
        .embedInCode("Sample/hubs.csv"), .embedInCode("Sample/indicators.csv"),
        .embedInCode("Sample/organisations.csv"), .embedInCode("Sample/programmes.csv"),
      ], swiftSettings: strict),

    // What both programs need of a command line.
    .target(
      name: "Console", dependencies: ["Protocol", "Storage", "Interchange"], swiftSettings: strict),

    // Programs.
    .executableTarget(
      name: "kaai",
      dependencies: [
        "Protocol", "Storage", "Interchange", "ClientCore", "Transport", "CityModel", "Console",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "kaai-server",
      dependencies: [
        "Protocol", "Storage", "Interchange", "ServerApp", "CityModel", "Console",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Protocol", "Storage", "Interchange", "ClientCore", "ServerApp", "CSQLite",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: hot),

    // Tests, in the same order.
    .testTarget(
      name: "ProtocolTests", dependencies: ["Protocol"], exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(
      name: "StorageTests", dependencies: ["Protocol", "Storage", "CSQLite"],
      swiftSettings: strict),
    .testTarget(
      name: "InterchangeTests", dependencies: ["Protocol", "Interchange", "CityModel"],
      swiftSettings: strict),
    .testTarget(
      name: "CityModelTests", dependencies: ["Protocol", "Interchange", "CityModel"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "SyncTests",
      dependencies: [
        "Protocol", "Storage", "Interchange", "ClientCore", "ServerApp", "CityModel", "CSQLite",
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "ServerAppTests",
      dependencies: [
        "Protocol", "ServerApp", "Transport", "CZlib",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["Protocol", "Storage", "ClientCore", "Transport", "CityModel", "CSQLite"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

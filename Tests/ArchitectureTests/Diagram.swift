import Testing

/// The diagram of ARCHITECTURE.md as a table: which modules each module may import.
enum Diagram {
  /// A module: the folder of its sources, and what it may import.
  struct Row: Sendable, CustomTestStringConvertible {
    let module: String
    let folder: String
    let imports: Set<String>

    init(_ module: String, in folder: String? = nil, _ imports: Set<String>) {
      self.module = module
      self.folder = folder ?? "Sources/\(module)"
      self.imports = imports
    }

    var testDescription: String { module }
  }

  /// What comes with the toolchain. Not for the pure modules.
  private static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
  ]

  /// All that the pure module may import. Synchronization is no I/O: a lock, an atomic number.
  /// Swift is the standard library itself, named by the file that asks it for normal form C.
  static let pure: Set<String> = ["CZlib", "CCrypto", "CXXHash", "Swift", "Synchronization"]

  /// The modules that end in a program. Only these, and tests, know the city.
  static let programs: Set<String> = ["kaai", "kaai-server", "bench"]

  /// From top to bottom, as in Package.swift: a module imports only modules above it.
  static let rows: [Row] = [
    Row("CSQLite", []),
    Row("CZlib", []),
    Row("CCrypto", []),
    Row("CXXHash", []),

    Row("Protocol", in: "Protocol", pure),

    Row("Storage", system.union(["Protocol", "CSQLite", "CCrypto", "GRDB"])),
    Row("Interchange", system.union(["Protocol"])),

    Row("ClientCore", in: "ClientCore", system.union(["Protocol", "Storage"])),
    Row(
      "ServerApp", in: "ServerApp",
      system.union([
        "Protocol", "Storage", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOPosix",
        "ServiceLifecycle", "UnixSignals",
      ])),
    Row(
      "Transport",
      system.union(["Protocol", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix"])),

    Row("CityModel", system.union(["Protocol", "Interchange"])),

    Row("Console", system.union(["Protocol", "Storage", "Interchange"])),

    Row(
      "kaai",
      system.union([
        "Protocol", "Storage", "Interchange", "ClientCore", "Transport", "CityModel",
        "Console", "ArgumentParser",
      ])),
    Row(
      "kaai-server",
      system.union([
        "Protocol", "Storage", "Interchange", "ServerApp", "CityModel", "Console",
        "ArgumentParser", "Logging",
      ])),
    Row(
      "bench",
      system.union([
        "Protocol", "Storage", "Interchange", "ClientCore", "ServerApp", "CSQLite",
        "ArgumentParser",
      ])),
  ]
}

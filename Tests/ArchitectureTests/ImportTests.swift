import Testing

@Suite("Imports follow the diagram")
struct ImportTests {
  @Test("no module imports what the diagram does not let it", arguments: Diagram.rows)
  func arrows(row: Diagram.Row) throws {
    for file in try SourceTree.texts(under: row.folder, suffix: ".swift") {
      for module in Imports.modules(of: file.text) where !row.imports.contains(module) {
        Issue.record(
          """
          \(file.path) imports \(module), which the diagram does not let \(row.module) do. Move the \
          code, or change the diagram with a decision record.
          """)
      }
    }
  }

  @Test("Protocol imports nothing that reaches files, sockets, clocks or randomness")
  func purity() throws {
    let files = try SourceTree.texts(under: "Protocol", suffix: ".swift")
    #expect(!files.isEmpty, "No sources of Protocol were found, so nothing was checked.")
    for file in files {
      for module in Imports.modules(of: file.text) where !Diagram.pure.contains(module) {
        Issue.record("\(file.path) imports \(module): Protocol is pure. Hand the value in instead.")
      }
    }
  }

  @Test("only programs and tests know the city")
  func city() throws {
    for row in Diagram.rows where !Diagram.programs.contains(row.module) {
      for file in try SourceTree.texts(under: row.folder, suffix: ".swift")
      where Imports.modules(of: file.text).contains("CityModel") {
        Issue.record(
          "\(file.path) imports CityModel: the engine takes any model. Hand the declaration in.")
      }
    }
  }

  @Test("the diagram has no arrow between the two ends")
  func ends() throws {
    let client = try #require(Diagram.rows.first { $0.module == "ClientCore" })
    let server = try #require(Diagram.rows.first { $0.module == "ServerApp" })
    #expect(!client.imports.contains("ServerApp"), "ClientCore may not know the server.")
    #expect(!server.imports.contains("ClientCore"), "ServerApp may not know the client.")
  }

  @Test("every folder of Sources has a row in the diagram, and every row a folder")
  func rows() throws {
    let rows = Diagram.rows.map(\.folder)
    let folders = try SourceTree.folders(in: "Sources").map { "Sources/\($0)" }
    for folder in folders where !rows.contains(folder) {
      Issue.record("\(folder) has no row in the diagram: say there what it may import.")
    }
    let all = try folders + SourceTree.folders(in: "")
    for row in rows where !all.contains(row) {
      Issue.record("The diagram has a row for \(row), which does not exist: take it out.")
    }
  }

  @Test("an arrow only points up: a module imports only modules above it in the diagram")
  func order() {
    let modules = Diagram.rows.map(\.module)
    for (index, row) in Diagram.rows.enumerated() {
      for module in row.imports {
        guard let other = modules.firstIndex(of: module) else { continue }
        #expect(other < index, "\(row.module) points down to \(module).")
      }
    }
  }

  @Test(
    "an import is found however it is written",
    arguments: [
      ("import A", ["A"]), ("  import\tA // why", ["A"]), ("@testable import A", ["A"]),
      ("@preconcurrency public import A", ["A"]), ("internal import struct A.B", ["A"]),
      ("@_spi(X) import A", ["A"]), ("import A.B", ["A"]), ("import A; import B", ["A", "B"]),
      ("// import A", []), ("importer A", []), ("let import = 1", []), ("", []),
      ("#if canImport(A)\nimport A\n#else\nimport B\n#endif", ["A", "B"]),
    ])
  func parsing(text: String, modules: [String]) {
    #expect(Imports.modules(of: text) == modules)
  }
}

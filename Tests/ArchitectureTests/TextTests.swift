import Testing

@Suite("Files of the project")
struct TextTests {
  /// Put together here, because this file is searched as well.
  static let machinePaths = ["work", "root"].map { "/\($0)/" }

  @Test("no file names a path of the machine it was written on")
  func noMachinePaths() throws {
    let files = try SourceTree.texts()
    #expect(files.count > 10, "Hardly a file was found, so nothing was checked.")
    for file in files {
      for path in Self.machinePaths where Self.names(path, in: file.text) {
        Issue.record("\(file.path) names \(path): use a path relative to the project.")
      }
    }
  }

  @Test("no file holds both sides of a merge that nobody has settled")
  func noOpenMerges() throws {
    for file in try SourceTree.texts() {
      for mark in ["<", ">"].map({ String(repeating: $0, count: 7) + " " }) {
        let isOpen = file.text.split(separator: "\n").contains { $0.hasPrefix(mark) }
        #expect(!isOpen, "\(file.path) has a line that begins with \(mark)")
      }
    }
  }

  /// Whether `path` stands there as a path of its own, not within a longer one.
  static func names(_ path: String, in text: String) -> Bool {
    text.ranges(of: path).contains { range in
      guard range.lowerBound > text.startIndex else { return true }
      let before = text[text.index(before: range.lowerBound)]
      return !(before.isLetter || before.isNumber || "._-".contains(before))
    }
  }

  @Test("a path of the machine is told from the end of another path")
  func telling() {
    let path = Self.machinePaths[0]
    for text in ["cd \(path)x", "\(path)x", "\"\(path)\"", "x=\(path)"] {
      #expect(Self.names(path, in: text), "\(text)")
    }
    for text in ["https://example.org\(path)x", "net\(path.dropFirst())x", "..\(path)x", ""] {
      #expect(!Self.names(path, in: text), "\(text)")
    }
  }
}

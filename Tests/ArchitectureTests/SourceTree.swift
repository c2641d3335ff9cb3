import Foundation

/// The files of this repository, as the tests of its shape read them.
enum SourceTree {
  struct File: Sendable {
    /// Relative to the root, with slashes.
    let path: String
    let text: String
  }

  /// This file stands two folders below the root.
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Text files of the project, without what is built, cloned or hidden (but for `.ci`).
  static func texts(under folder: String = "", suffix: String = "") throws -> [File] {
    try paths(under: folder).filter { $0.hasSuffix(suffix) }.compactMap { path in
      let data = try Data(contentsOf: root.appending(path: path))
      // What is not UTF-8 is no text: golden files, databases.
      return String(data: data, encoding: .utf8).map { File(path: path, text: $0) }
    }
  }

  /// The names of the folders directly in `folder`, "" for the root.
  static func folders(in folder: String) throws -> [String] {
    try names(in: folder).filter { isFolder(join(folder, $0)) }
  }

  private static func paths(under folder: String) throws -> [String] {
    try names(in: folder).flatMap { name -> [String] in
      let path = join(folder, name)
      if name.hasPrefix("."), name != ".ci" { return [] }
      if ["play", "__pycache__"].contains(name) { return [] }
      return isFolder(path) ? try paths(under: path) : [path]
    }
  }

  private static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : "\(folder)/\(name)"
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(
      atPath: root.appending(path: path).path, isDirectory: &isFolder)
    return exists && isFolder.boolValue
  }
}

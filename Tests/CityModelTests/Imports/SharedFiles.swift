import Foundation
import Testing

/// Files beside the project that only some machines have. A test that needs one is skipped, with
/// this sentence, where it is missing.
enum SharedFiles {
  static let missing: Comment = "skipped: ../shared is not beside the project"

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

  static func has(_ path: String) -> Bool {
    FileManager.default.isReadableFile(atPath: root.appending(path: path).path)
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appending(path: path)))
  }
}

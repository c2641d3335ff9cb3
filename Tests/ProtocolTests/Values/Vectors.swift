import Foundation
import Testing

/// The domain's table of cases beside the project, which only some machines have: a test that needs
/// one is skipped with this sentence where it is missing.
struct Vectors {
  static let missing: Comment = "skipped: ../shared/domain/vectors is not beside the project"

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "shared/domain/vectors")

  static func has(_ name: String) -> Bool {
    FileManager.default.isReadableFile(atPath: folder.appending(path: name).path)
  }

  /// The rows as dictionaries by the names of the first line.
  static func rows(_ name: String) throws -> [[String: String]] {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map(cells)
    let names = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
  }

  /// Cells with commas stand in quotes; none holds a quote or a line break.
  private static func cells(_ line: Substring) -> [String] {
    var result = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: result.append("")
      default: result[result.count - 1].append(character)
      }
    }
    return result
  }
}

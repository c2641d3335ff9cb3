import Console
import Foundation
import Interchange
import Protocol

extension Context {
  /// `field=@FILE` of a text becomes `field=` and what the file holds, `field=@@text` a text that
  /// begins with `@`; all else stays as it is.
  func withFiles(_ fields: [String], _ entity: Entity) throws -> [String] {
    try fields.map { assignment in
      guard let equals = assignment.firstIndex(of: "="),
        assignment[assignment.index(after: equals)...].hasPrefix("@"),
        let field = entity.field(named: String(assignment[..<equals])), field.kind == .text
      else { return assignment }
      let path = String(assignment[equals...].dropFirst(2))
      if path.hasPrefix("@") { return "\(field.name)=\(path)" }
      return "\(field.name)=\(try text(of: path))"
    }
  }

  /// The text of a file as a person means it: lines end in one way, and the end that an editor adds
  /// to the last line is none of theirs.
  private func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .error,
        say(
          "bestand \(Terminal.quotable(path)) kan niet gelezen worden: kijk de naam en de rechten na.",
          "file \(Terminal.quotable(path)) cannot be read: look at its name and rights."))
    }
    guard data.count <= TextLimits.standard.textBytes,
      let text = String(validating: data, as: UTF8.self)
    else {
      throw Failure(
        .usage,
        say(
          "bestand \(Terminal.quotable(path)) is geen tekst in UTF-8 van hoogstens 1 MiB.",
          "file \(Terminal.quotable(path)) is no text in UTF-8 of at most 1 MiB."))
    }
    let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    return lines.hasSuffix("\n") ? String(lines.dropLast()) : lines
  }
}

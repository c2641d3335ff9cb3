import Console
import Foundation
import Interchange
import Logging
import Protocol

/// The log: one JSON object a line on standard error, with `time`, `level`, `message` and what the
/// message is about.
///
/// What is logged is chosen where it is logged: methods, paths, statuses and times, never a token, a
/// code or a value of a record.
struct JSONLogHandler: LogHandler {
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]

  static func logger() -> Logger { Logger(label: "kaai-server") { _ in JSONLogHandler() } }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    var json = JSONText()
    json.object { json in
      json.member("time", string: PlainText.instant(now))
      json.member("level", string: event.level.rawValue)
      json.member("message", string: "\(event.message)")
      let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
      for (key, value) in all.sorted(by: { $0.key < $1.key }) {
        json.member(key, string: "\(value)")
      }
      if let error = event.error { json.member("error", string: "\(error)") }
    }
    Output.note(json.text)
  }
}

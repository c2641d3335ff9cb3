import Foundation
import Protocol
import Testing

/// The messages of FORMAT.md as files: made once, read for ever.
///
/// Beside each `NAME.bin` stands `NAME.json`, which says in words what the bytes mean. A file that is
/// there is never written again: where the code and a file differ, the format has changed.
enum GoldenFile: String, CaseIterable, CustomTestStringConvertible {
  /// A replica that has nothing asks for all.
  case requestFirst = "request-first"
  /// Every kind of operation, in two runs, with jumps of the clock.
  case requestFull = "request-full"
  /// A server that was put back is shown earlier cursors and given what it lacks: full, partial and
  /// refused transactions, with their old places.
  case requestReturned = "request-returned"
  /// A copy of a replica claims a site of its own.
  case requestClaim = "request-claim"
  /// Edits of texts, of the state that the transaction says and of a later one.
  case requestTexts = "request-texts"
  /// A newer program says what the fields are that it writes to.
  case requestNewer = "request-newer"
  /// A newer program says by which orders values go, and where records of its own entities belong.
  case requestDeclared = "request-declared"
  /// Outcomes, and a page: full, partial and echo, results, heads, an image, rows that leave.
  case answerPage = "answer-page"
  /// A page that ends before the log does: no digests, more to come.
  case answerMore = "answer-more"
  /// Everything is loaded anew.
  case answerReload = "answer-reload"
  /// Edits of a text with what they build on, and an erasure.
  case answerTexts = "answer-texts"
  /// The chain differs.
  case answerClone = "answer-clone"
  /// The claim is granted.
  case answerSite = "answer-site"
  /// The server was put back, and says up to where both logs are the same.
  case answerRestored = "answer-restored"
  case enrolRequest = "enrol-request"
  case enrolAnswer = "enrol-answer"
  /// The history of one record is asked for, from a position on.
  case historyRequest = "history-request"
  /// A piece of it, with more to come.
  case historyAnswer = "history-answer"

  var testDescription: String { rawValue }

  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")
  static let tools = folder.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Tools")

  private var url: URL { Self.folder.appending(path: "\(rawValue).bin") }
  private var descriptionURL: URL { Self.folder.appending(path: "\(rawValue).json") }

  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }
  func description() throws -> String {
    String(decoding: try Data(contentsOf: descriptionURL), as: UTF8.self)
  }

  /// What the present code makes of the message.
  var made: [UInt8] {
    switch self {
    case .requestFirst: GoldenRequests.first.encoded
    case .requestFull: GoldenRequests.full.encoded
    case .requestReturned: GoldenReturns.request.encoded
    case .requestNewer: GoldenRequests.newer.encoded
    case .requestDeclared: GoldenRequests.declared.encoded
    case .requestClaim: GoldenReturns.claim.encoded
    case .requestTexts: GoldenRequests.texts.encoded
    case .answerPage: GoldenAnswers.page.encoded
    case .answerMore: GoldenAnswers.more.encoded
    case .answerReload: GoldenAnswers.reload.encoded
    case .answerTexts: GoldenAnswers.texts.encoded
    case .answerClone: GoldenAnswers.clone.encoded
    case .answerSite: GoldenReturns.site.encoded
    case .answerRestored: GoldenReturns.restored.encoded
    case .enrolRequest: GoldenEnrolment.request.encoded
    case .enrolAnswer: GoldenEnrolment.answer.encoded
    case .historyRequest: GoldenHistory.request.encoded
    case .historyAnswer: GoldenHistory.answer.encoded
    }
  }

  /// Reads a message of this file's kind whole, to the last operation and image.
  func read(_ bytes: [UInt8]) throws(DecodeError) {
    switch self {
    case .requestFirst, .requestFull, .requestTexts, .requestReturned, .requestClaim,
      .requestNewer, .requestDeclared:
      let request = try SyncRequest(encoded: bytes, limits: .standard)
      try BatchWalk.read(request.batch)
      try BatchWalk.read(request.returned)
    case .answerPage, .answerMore, .answerReload, .answerTexts, .answerClone, .answerSite,
      .answerRestored:
      try BatchWalk.read(SyncResponse(encoded: bytes, limits: .standard).page)
    case .enrolRequest: _ = try EnrolRequest(encoded: bytes, limits: .standard)
    case .enrolAnswer: _ = try EnrolResponse(encoded: bytes, limits: .standard)
    case .historyRequest: _ = try HistoryRequest(encoded: bytes, limits: .standard)
    case .historyAnswer:
      try BatchWalk.read(HistoryResponse(encoded: bytes, limits: .standard).page)
    }
  }

  /// The same, in words.
  func describe(_ bytes: [UInt8]) throws -> String {
    switch self {
    case .requestFirst, .requestFull, .requestTexts, .requestReturned, .requestClaim,
      .requestNewer, .requestDeclared:
      try MessageDescription.text(SyncRequest(encoded: bytes, limits: .standard))
    case .answerPage, .answerMore, .answerReload, .answerTexts, .answerClone, .answerSite,
      .answerRestored:
      try MessageDescription.text(SyncResponse(encoded: bytes, limits: .standard))
    case .enrolRequest:
      MessageDescription.text(try EnrolRequest(encoded: bytes, limits: .standard))
    case .enrolAnswer:
      MessageDescription.text(try EnrolResponse(encoded: bytes, limits: .standard))
    case .historyRequest:
      MessageDescription.text(try HistoryRequest(encoded: bytes, limits: .standard))
    case .historyAnswer:
      try MessageDescription.text(HistoryResponse(encoded: bytes, limits: .standard))
    }
  }

  /// Decodes a message to values and encodes these.
  func encodedAgain(_ bytes: [UInt8]) throws -> [UInt8] {
    switch self {
    case .requestFirst, .requestFull, .requestTexts, .requestReturned, .requestClaim,
      .requestNewer, .requestDeclared:
      var request = try SyncRequest(encoded: bytes, limits: .standard)
      request.batch = try BatchCopy.encoded(request.batch)
      request.returned = try BatchCopy.encoded(request.returned)
      return request.encoded
    case .answerPage, .answerMore, .answerReload, .answerTexts, .answerClone, .answerSite,
      .answerRestored:
      var answer = try SyncResponse(encoded: bytes, limits: .standard)
      answer.page = try BatchCopy.encoded(answer.page)
      return answer.encoded
    case .enrolRequest: return try EnrolRequest(encoded: bytes, limits: .standard).encoded
    case .enrolAnswer: return try EnrolResponse(encoded: bytes, limits: .standard).encoded
    case .historyRequest: return try HistoryRequest(encoded: bytes, limits: .standard).encoded
    case .historyAnswer:
      let answer = try HistoryResponse(encoded: bytes, limits: .standard)
      return HistoryResponse(
        through: answer.through, hasMore: answer.hasMore, page: try BatchCopy.encoded(answer.page)
      ).encoded
    }
  }

  /// Writes the files that are not there yet.
  static func recordMissing() throws {
    for file in allCases where !FileManager.default.fileExists(atPath: file.url.path) {
      let bytes = file.made
      try Data(bytes).write(to: file.url)
      try Data((try file.describe(bytes) + "\n").utf8).write(to: file.descriptionURL)
    }
    let cells = folder.appending(path: "cells.json")
    if !FileManager.default.fileExists(atPath: cells.path) {
      try Data((GoldenCells.text + "\n").utf8).write(to: cells)
    }
  }
}

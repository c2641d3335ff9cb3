/// A list of transactions in columns: what a device offers, and what a page of the log holds.
///
/// Every number of a transaction is a column of its own, written as zigzag differences from the
/// one before; a column of zeros is left out. Operations of one shape become columns too: their
/// row ids as differences, then one stream of values for each slot. So a thousand changes of one
/// field cost a byte or two each before compression even starts (FORMAT.md 4).
public enum BatchPart {
  static let sites: UInt64 = 1
  static let users: UInt64 = 2
  static let epochs: UInt64 = 3
  static let labels: UInt64 = 4
  static let runs: UInt64 = 5
  static let audiences: UInt64 = 6
  static let count: UInt64 = 7
  static let run: UInt64 = 8
  static let sequence: UInt64 = 9
  static let milliseconds: UInt64 = 10
  static let counter: UInt64 = 11
  static let moved: UInt64 = 12
  static let user: UInt64 = 13
  static let seenEpoch: UInt64 = 14
  static let seenPosition: UInt64 = 15
  static let model: UInt64 = 16
  static let knownRefused: UInt64 = 17
  static let label: UInt64 = 18
  static let position: UInt64 = 19
  static let operations: UInt64 = 20
  static let mode: UInt64 = 21
  static let shapes: UInt64 = 22
  static let shape: UInt64 = 23
  static let streams: UInt64 = 24
  static let audience: UInt64 = 25
  static let results: UInt64 = 26
  static let references: UInt64 = 27
  static let hidden: UInt64 = 28
  static let places: UInt64 = 30

  static let all = Set<UInt64>(1...28).union([places])
}

/// How the operations of a transaction stand in a page.
public enum TransactionMode: UInt8, Sendable {
  /// As they are.
  case full = 0
  /// Left out: the reader made them itself, and every one shows as it was written.
  case echo = 1
  /// Some are left out, since the reader may not see them; their hashes stand for them.
  case partial = 2
  /// Offered again by its author, whom a server that was put back since had told that it is refused.
  case refused = 3
}

/// A transaction of a batch, without its operations.
public struct BatchTransaction: Sendable, Hashable {
  public var id: TransactionID
  /// The stamp that counts.
  public var stamp: HLC
  /// The stamp its author gave it, where the server moved it.
  public var authorStamp: HLC
  public var user: Int64
  public var seen: Cursor
  public var modelVersion: UInt32
  public var knownRefused: UInt32
  public var label: String
  /// 0 while the server has not given it one.
  public var position: Int64
  public var operationCount: Int
  public var mode: TransactionMode
  /// The audience of all operations of an echo.
  public var echoAudience: Int
  public var run: Int

  public init(
    id: TransactionID, stamp: HLC, authorStamp: HLC, user: Int64, seen: Cursor,
    modelVersion: UInt32, knownRefused: UInt32, label: String, position: Int64 = 0,
    operationCount: Int = 0, mode: TransactionMode = .full, echoAudience: Int = 0, run: Int = 0
  ) {
    self.id = id
    self.stamp = stamp
    self.authorStamp = authorStamp
    self.user = user
    self.seen = seen
    self.modelVersion = modelVersion
    self.knownRefused = knownRefused
    self.label = label
    self.position = position
    self.operationCount = operationCount
    self.mode = mode
    self.echoAudience = echoAudience
    self.run = run
  }

  public var header: Chain.Header {
    Chain.Header(
      id: id, stamp: authorStamp, user: user, seen: seen, modelVersion: modelVersion,
      knownRefused: knownRefused, label: label)
  }
}

/// Transactions of one site with one nonce, and the chain after the last of them in this batch.
public struct BatchRun: Sendable, Hashable {
  public var site: UInt32
  public var nonce: Hash16
  public var lastChain: Hash16
  public init(site: UInt32, nonce: Hash16, lastChain: Hash16) {
    self.site = site
    self.nonce = nonce
    self.lastChain = lastChain
  }
}

/// Who may hold a row: its space (0 is the city) and its level of confidentiality.
public struct Audience: Sendable, Hashable {
  public let space: Int64
  public let level: UInt8
  public init(space: Int64, level: UInt8 = 0) {
    self.space = space
    self.level = level
  }
  public static let city = Audience(space: 0)
}

/// A transaction that images and heads of a page name without being in it.
public struct TransactionReference: Sendable, Hashable {
  public let id: TransactionID
  public let stamp: HLC
  public let user: Int64
  public let position: Int64
  public init(id: TransactionID, stamp: HLC, user: Int64, position: Int64) {
    self.id = id
    self.stamp = stamp
    self.user = user
    self.position = position
  }
}

/// What became of one value of an operation at its position.
public enum CellResult: Sendable, Hashable {
  /// It shows, alone.
  case shown
  /// It lost in silence: history only.
  case hidden
  /// These heads stand there now, the one that shows first. An empty list: nothing is there.
  case heads([HeadReference])
}

/// A head of a cell: `reference` is its transaction's number in the page's list of references.
public struct HeadReference: Sendable, Hashable {
  public let reference: Int
  public let value: Value
  public init(reference: Int, value: Value) {
    self.reference = reference
    self.value = value
  }
}

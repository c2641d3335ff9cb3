import Protocol
import Storage

/// Who made a transaction, when and under what label: all of it but what it did.
public struct TransactionHead: Sendable {
  public let id: TransactionID
  public let user: Int64
  public let atMilliseconds: Int64
  public let label: String
  /// nil while it is pending.
  public let position: Int64?

  init(_ transaction: BatchTransaction) {
    id = transaction.id
    user = transaction.user
    atMilliseconds = transaction.stamp.milliseconds
    label = transaction.label
    position = transaction.position
  }

  init(_ stored: StoredTransaction) {
    id = stored.id
    user = stored.header.user
    atMilliseconds = stored.stamp.milliseconds
    label = stored.header.label
    position = stored.position
  }

  /// Log order; what is pending comes last, in the order in which it was made.
  func precedes(_ other: TransactionHead) -> Bool {
    (position ?? .max, id.sequence) < (other.position ?? .max, other.id.sequence)
  }
}

/// A transaction as it went by: what it did to the records that are looked at.
public struct PastStep: Sendable {
  /// A row before and after a transaction, as everybody saw it at that place of the log.
  public struct Change: Sendable {
    public let entity: Tag
    public let row: RowID
    /// nil where it was not there.
    public let before: Record?
    public let after: Record?

    func touches(_ tag: Tag) -> Bool { before?.fields[tag] != after?.fields[tag] }
  }

  public let head: TransactionHead
  /// The author's operations on the rows that are looked at.
  public let operations: [Operation]
  public let changes: [Change]
}

/// Who did something, by name.
public struct PastAuthor: Sendable, Equatable {
  public let id: TransactionID
  public let user: String
  public let device: String
  public let atMilliseconds: Int64

  init(_ head: TransactionHead, _ engine: Engine) throws {
    id = head.id
    user = try engine.userName(head.user)
    device = try engine.siteName(head.id.site)
    atMilliseconds = head.atMilliseconds
  }
}

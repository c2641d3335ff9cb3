import Protocol
import Storage

/// Why a transaction goes to quarantine; thrown while it is merged, and its savepoint undone.
struct MergeRefusal: Error {
  let reason: RefusalReason
  let detail: String
  init(_ reason: RefusalReason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }

  /// What failed for a reason of its own goes to quarantine, so that the queue goes on; a full disk or
  /// a lost lock is nobody's fault, and is thrown again: the whole batch is tried anew.
  init(of error: any Error, _ engine: Engine) throws {
    switch error {
    case let refusal as MergeRefusal: self = refusal
    case StorageError.sql(_, let message) where engine.connection.isInTransaction:
      self.init(InvalidDetail(.notStored, message))
    default: throw error
    }
  }

  init(_ detail: InvalidDetail) { self.init(.invalidValue, detail.text) }
}

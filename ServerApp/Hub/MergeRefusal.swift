import Protocol

/// Why a transaction goes to quarantine; thrown while it is merged, and its savepoint undone.
struct MergeRefusal: Error {
  let reason: RefusalReason
  let detail: String
  init(_ reason: RefusalReason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }

  init(_ detail: InvalidDetail) { self.init(.invalidValue, detail.text) }
}

import Protocol

/// The erasures of a past that is gone through: what texts were before them nobody knows any more.
struct PastErasures {
  private var found: [(erasure: Erasure, head: TransactionHead)] = []

  mutating func note(_ step: PastStep) {
    for operation in step.operations {
      if let erasure = Erasure(operation) { found.append((erasure, step.head)) }
    }
  }

  /// Those after a transaction.
  func after(_ head: TransactionHead) -> Set<Erasure> {
    Set(found.filter { head.precedes($0.head) }.map(\.erasure))
  }

  /// The texts of a row of which it was erased, after a time of their authors, what they were.
  func tags(of row: Int64, after milliseconds: Int64) -> Set<Tag> {
    Set(
      found.filter { $0.erasure.row.raw == row && $0.head.atMilliseconds > milliseconds }
        .map(\.erasure.tag))
  }
}

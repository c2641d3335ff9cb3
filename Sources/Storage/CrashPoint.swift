#if DEBUG
  import Glibc
  import Synchronization
#endif

/// Named places of a save, an apply and a merge at which a test can end the process as a crash does:
/// at once, with nothing flushed and nobody told.
///
/// In debug builds `KAAI_CRASH_AT=NAME` ends the process when it reaches that place, `NAME:3` when it
/// does so the third time. In release builds reaching a place does nothing, whatever is set.
public enum CrashPoint: String, CaseIterable, Sendable {
  // A device saves.
  /// The rows show the edit; the outbox does not have it.
  case saveShown = "save-shown"
  /// The transaction is in the outbox; nothing is committed.
  case saveKept = "save-kept"
  /// Committed; whoever saved was not told.
  case saveCommitted = "save-committed"

  // A device enrols and syncs.
  /// The server has used the code; the device has not kept its token.
  case enrolAnswered = "enrol-answered"
  case syncAsked = "sync-asked"
  case syncAnswered = "sync-answered"
  /// The pending edits are off the base.
  case applyTakenOff = "apply-taken-off"
  case applyOutcomes = "apply-outcomes"
  /// Pages and pending edits are in their place; the cursor is not.
  case applyPaged = "apply-paged"
  /// All of an answer is in, its cursor too; nothing is committed.
  case applyDone = "apply-done"
  /// An answer is committed: between two pages.
  case syncApplied = "sync-applied"
  /// A page of a reload is laid aside, not committed.
  case reloadStaged = "reload-staged"
  /// The base is empty; the reload's pages are not in.
  case reloadEmptied = "reload-emptied"
  /// A copy of a replica has its new site, and its pending edits bear it; nothing is committed.
  case reissueDone = "reissue-done"

  // A server is made.
  /// Its tables are there; its secret and its first epoch are not.
  case serverBegun = "server-begun"
  /// It is whole, and not yet in its place.
  case serverMade = "server-made"

  // A file of an older format is brought up to the present one.
  /// The file as it was is beside it; nothing of it is changed.
  case migrationBegun = "migration-begun"
  /// All of it is changed; nothing is committed.
  case migrationDone = "migration-done"

  // The server merges.
  /// One offered transaction is in; others are not, nothing is committed.
  case mergeAccepted = "merge-accepted"
  case mergeQuarantined = "merge-quarantined"
  /// A transaction that a device brought back is in; nothing is committed.
  case returnAccepted = "return-accepted"
  /// All of a request is in; nothing is committed.
  case mergeDone = "merge-done"
  /// Committed; no device was told.
  case mergeCommitted = "merge-committed"
  /// A device has its place; it was not told its token.
  case enrolCommitted = "enrol-committed"
  /// A transaction of the server itself is in the log; its sequence is not moved.
  case adminAccepted = "admin-accepted"
  /// An epoch is open, without a site.
  case epochOpened = "epoch-opened"

  public static func reach(_ point: CrashPoint) {
    #if DEBUG
      guard let armed, armed.point == point.rawValue else { return }
      if reached.add(1, ordering: .relaxed).newValue == armed.time { kill(getpid(), SIGKILL) }
    #endif
  }

  #if DEBUG
    private static let reached = Atomic<Int>(0)

    private static let armed: (point: String, time: Int)? = {
      guard let text = getenv("KAAI_CRASH_AT") else { return nil }
      let parts = String(cString: text).split(separator: ":")
      guard let point = parts.first else { return nil }
      return (String(point), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
  #endif
}

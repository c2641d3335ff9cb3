/// Keeps callers waiting until it is opened, and tells how many wait.
actor Door {
  private var isOpen = false
  private var callers: [CheckedContinuation<Void, Never>] = []
  private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

  func pass() async {
    guard !isOpen else { return }
    await withCheckedContinuation { continuation in
      callers.append(continuation)
      for watcher in watchers where watcher.count <= callers.count {
        watcher.continuation.resume()
      }
      watchers.removeAll { $0.count <= callers.count }
    }
  }

  /// Returns when so many callers wait.
  func waiting(_ count: Int) async {
    guard callers.count < count else { return }
    await withCheckedContinuation { watchers.append((count, $0)) }
  }

  func open() {
    isOpen = true
    for caller in callers { caller.resume() }
    callers = []
  }
}

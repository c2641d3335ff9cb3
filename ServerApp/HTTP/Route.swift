import Protocol

/// What the server answers to, by path. One method each; GET answers HEAD, too.
enum Route: CaseIterable {
  case sync
  case enrol
  case history
  case live
  case ready

  init?(path: String) {
    guard let route = Self.allCases.first(where: { $0.path == path }) else { return nil }
    self = route
  }

  var path: String {
    switch self {
    case .sync: HTTPForm.syncPath
    case .enrol: HTTPForm.enrolPath
    case .history: HTTPForm.historyPath
    case .live: HTTPForm.livePath
    case .ready: HTTPForm.readyPath
    }
  }

  /// As the Allow field of a 405 names them.
  var methods: [String] {
    switch self {
    case .sync, .enrol, .history: ["POST"]
    case .live, .ready: ["GET", "HEAD"]
    }
  }
}

import Dispatch
import Protocol
import Storage
import Synchronization

/// The hub of merging as the HTTP edge sees it: tokens, messages, and the group commit.
///
/// Requests that arrive while others are being committed wait together and are committed together,
/// so that many devices pay for one sync to disk.
public final class SyncHub: SyncEndpoint {
  private let store: any ServerStore
  private let limits: SyncLimits
  private let system: any SystemSource
  private let queue = DispatchQueue(label: "kaai.commit")
  private let waiting = Mutex(Waiting())

  private struct Job {
    let request: ExchangeRequest
    let answer: CheckedContinuation<Result<SyncResponse, ExchangeError>, Never>
  }
  private struct Waiting {
    var jobs: [Job] = []
    var isRunning = false
  }
  /// Devices whose requests share one commit.
  static let groupLimit = 64

  public init(
    store: any ServerStore, limits: SyncLimits = .standard, system: any SystemSource = RealSystem()
  ) {
    self.store = store
    self.limits = limits
    self.system = system
  }

  public func sync(token: String, body: [UInt8]) async throws(EndpointError) -> [UInt8] {
    let device = try authenticate(token)
    let request: SyncRequest
    do {
      request = try SyncRequest(encoded: body, limits: limits)
    } catch {
      throw EndpointError(error)
    }
    let result = await exchange(ExchangeRequest(device: device, request: request))
    switch result {
    case .success(let response): return response.encoded
    case .failure(let error): throw EndpointError(error)
    }
  }

  private func authenticate(_ token: String) throws(EndpointError) -> DeviceRecord {
    let device: DeviceRecord?
    do {
      device = try store.authenticate(tokenHash: SHA256.hash(Array(token.utf8)))
    } catch {
      throw EndpointError(SQLiteServerStore.exchangeError(error))
    }
    guard let device else {
      throw .unauthorised(HTTPReason.unknownDevice)
    }
    guard device.isActive else { throw EndpointError(.revoked) }
    return device
  }

  private func exchange(_ request: ExchangeRequest) async -> Result<SyncResponse, ExchangeError> {
    await withCheckedContinuation { continuation in
      let starts = waiting.withLock { waiting in
        waiting.jobs.append(Job(request: request, answer: continuation))
        if waiting.isRunning { return false }
        waiting.isRunning = true
        return true
      }
      if starts { queue.async { self.runJobs() } }
    }
  }

  private func runJobs() {
    while true {
      let jobs = waiting.withLock { waiting in
        let jobs = Array(waiting.jobs.prefix(Self.groupLimit))
        waiting.jobs.removeFirst(jobs.count)
        if jobs.isEmpty { waiting.isRunning = false }
        return jobs
      }
      if jobs.isEmpty { return }
      let answers = store.exchange(jobs.map(\.request))
      for (job, answer) in zip(jobs, answers) { job.answer.resume(returning: answer) }
    }
  }

  public func enrol(body: [UInt8]) async throws(EndpointError) -> [UInt8] {
    let request: EnrolRequest
    do {
      request = try EnrolRequest(encoded: body, limits: limits)
    } catch {
      throw EndpointError(error)
    }
    guard request.modelName == store.model.name else {
      throw EndpointError(.otherModel(request.modelName))
    }
    do {
      let token = AccessToken.make(system)
      return try store.enrol(
        codeHash: DeviceCode.hash(request.code), deviceName: request.deviceName,
        tokenHash: SHA256.hash(Array(token.utf8)), token: token
      ).encoded
    } catch AdminError.codeExpired {
      throw .unauthorised(HTTPReason.codeExpired)
    } catch AdminError.codeUnknownOrUsed {
      throw .unauthorised(HTTPReason.codeUnknown)
    } catch {
      throw EndpointError(SQLiteServerStore.exchangeError(error))
    }
  }

  public func history(token: String, body: [UInt8]) async throws(EndpointError) -> [UInt8] {
    let device = try authenticate(token)
    let request: HistoryRequest
    do {
      request = try HistoryRequest(encoded: body, limits: limits)
    } catch {
      throw EndpointError(error)
    }
    guard request.modelName == store.model.name else {
      throw EndpointError(.otherModel(request.modelName))
    }
    do {
      return try store.history(for: device, request).encoded
    } catch {
      throw EndpointError(SQLiteServerStore.exchangeError(error))
    }
  }

  public func isReady() async -> Bool {
    do {
      _ = try store.accounts()
      return true
    } catch {
      return false
    }
  }
}

extension EndpointError {
  init(_ error: DecodeError) {
    switch error {
    case .unknownCritical:
      self = .protocolTooOld(HTTPReason.tooOld.sentence.en, .tooOld)
    default:
      self = .malformed("The request cannot be read (\(error)): update the program.", .unreadable)
    }
  }

  init(_ error: ExchangeError) {
    switch error {
    case .revoked:
      self = .unauthorised(HTTPReason.revoked)
    case .malformed(let what):
      self = .malformed(
        "The request cannot be taken (\(what)): update the program.", .unreadable)
    case .otherModel(let name):
      self = .conflict(
        "This server keeps other data than \(name): check its address.", .otherModel)
    case .full:
      self = .unavailable(HTTPReason.diskFull)
    case .busy: self = .unavailable(HTTPReason.busy)
    case .damaged(let what): self = .internalFailure(what)
    }
  }
}

/// Random secrets that devices carry.
public enum AccessToken {
  /// 256 bits, as 52 Crockford digits. The server keeps only its hash.
  public static func make(_ system: any SystemSource) -> String {
    Crockford.text(system.randomBytes(32), digits: 52)
  }
}

/// One-time codes that a person types: 60 bits as three groups of four digits.
public enum DeviceCode {
  public static func make(_ system: any SystemSource) -> String {
    let text = Crockford.text(system.randomBytes(8), digits: 12)
    let digits = Array(text)
    return [digits[0..<4], digits[4..<8], digits[8..<12]].map { String($0) }
      .joined(separator: "-")
  }

  /// Case, hyphens and blanks do not matter; I, L and O are read as digits.
  public static func hash(_ typed: String) -> [UInt8] {
    var normal: [UInt8] = []
    for byte in typed.uppercased().utf8 where byte != UInt8(ascii: "-") && byte > 32 {
      switch byte {
      case UInt8(ascii: "I"), UInt8(ascii: "L"): normal.append(UInt8(ascii: "1"))
      case UInt8(ascii: "O"): normal.append(UInt8(ascii: "0"))
      default: normal.append(byte)
      }
    }
    return SHA256.hash(normal)
  }
}

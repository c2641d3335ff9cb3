import Protocol
import Storage

/// Everything the server keeps, behind one door: what stands above it knows no SQL.
///
/// Every method is one or more complete transactions; another process may work on the same data at
/// the same time, so nothing that it can change is kept in memory between calls.
public protocol ServerStore: Sendable {
  var model: Model { get }

  // MARK: Sync

  /// Opens a new epoch: at every start of a server.
  func openEpoch() throws
  /// Merges what several devices offer in one database transaction, each offered transaction in its
  /// own savepoint; answers are given only after the commit. One answer or error for each request.
  func exchange(_ requests: [ExchangeRequest]) -> [Result<SyncResponse, ExchangeError>]
  func authenticate(tokenHash: [UInt8]) throws -> DeviceRecord?
  func enrol(codeHash: [UInt8], deviceName: String, tokenHash: [UInt8], token: String) throws
    -> EnrolResponse

  /// What happened to one record and its parts, as far as the device's user may see it.
  func history(for device: DeviceRecord, _ request: HistoryRequest) throws -> HistoryResponse

  // MARK: People and devices

  func addAccount(name: String, role: Account.Role, spaceCodes: [String]?) throws -> Account
  func accounts() throws -> [Account]
  func account(named name: String) throws -> Account?
  func setRole(_ role: Account.Role, of name: String) throws
  func setSpaces(_ codes: [String]?, of name: String) throws
  func disable(_ name: String) throws
  func enable(_ name: String) throws
  func addCode(for name: String, hash: [UInt8], expiresAtMilliseconds: Int64) throws
  func devices() throws -> [DeviceRecord]
  func revoke(site: UInt32) throws
  func spaceCodes(_ spaces: Account.Spaces) throws -> String

  // MARK: Care

  /// Reads one state, whatever is written meanwhile.
  ///
  /// - Parameter account: only what this person may read; nil for everything.
  func read<Result>(
    as account: Account?, _ body: (any StoreReader) throws -> Result
  ) throws -> Result
  /// Saves transactions of the server itself, such as an import's.
  func commit(label: String, _ build: (inout ServerDraft) throws -> Void) throws
  /// The record that an id, a code or a unique title means.
  func find(_ text: String) throws -> LookupResult
  /// Takes a stretch out of a text for good, and with it all that the text ever held and does not
  /// show.
  func erase(_ stretch: String, from field: Field, of entity: Entity, _ row: RowID) throws
    -> ErasureReport
  func quarantine() throws -> [QuarantinedTransaction]
  /// What other devices than their authors' brought back after a backup was put back.
  func returned() throws -> [ReturnedTransaction]
  /// What sites made and nobody has brought.
  func holes() throws -> [SequenceHole]
  func verify() throws -> VerifyReport
  /// Copies the data, opens the copy and looks through it; then everything in it is safe.
  func backup(to path: String) throws
}

/// One device's request, with who asks.
public struct ExchangeRequest: Sendable {
  public let device: DeviceRecord
  public let request: SyncRequest
  public init(device: DeviceRecord, request: SyncRequest) {
    self.device = device
    self.request = request
  }
}

/// Why a request could not be answered.
public enum ExchangeError: Error, Equatable, Sendable {
  case revoked
  case malformed(String)
  case otherModel(String)
  case full
  case busy
  case damaged(String)
}

/// What an admin can refuse to do for a command.
public enum AdminError: Error, Equatable, Sendable {
  case unknownUser(String)
  case userExists(String)
  case unknownSpace(String)
  case unknownDevice(String)
  case codeUnknownOrUsed
  case codeExpired
  case invalidName(String)
  case unknownRecord(String)
  case notText(String)
  case refused(RefusalReason, String)
}

public struct QuarantinedTransaction: Sendable {
  public let id: TransactionID
  public let userName: String
  public let deviceName: String
  public let reason: RefusalReason
  public let detail: String
  public let atMilliseconds: Int64
  public let stamp: HLC
  public let operations: [Operation]
}

public struct VerifyReport: Sendable {
  public let head: Int64
  public let digest: UInt64
  /// Audiences whose kept digest differs from the rows, and what else is wrong; empty is good.
  public let problems: [String]
  /// What sites made and nobody has brought, since a backup was put back.
  public let holes: [SequenceHole]
  /// How many transactions other devices than their authors' brought back.
  public let returned: Int
  /// A verified backup holds everything up to here.
  public let safePosition: Int64
}

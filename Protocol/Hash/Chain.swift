/// A site's running hash over its transactions (DESIGN 3): tells a retry from a clone.
///
/// A link covers the previous link, everything its author fixed about the transaction, and a salted
/// hash of each operation, so that a hidden or erased operation can be stood for by its hash without
/// being guessed from it. The salts come from a nonce drawn whenever the replica is opened: two
/// copies of one replica differ from their first own transaction on.
public struct Chain: Sendable, Hashable {
  public private(set) var link: Hash16

  public init(link: Hash16 = .zero) { self.link = link }

  /// What the author fixed, besides the operations.
  public struct Header: Sendable, Hashable {
    public let id: TransactionID
    public let stamp: HLC
    public let user: Int64
    public let seen: Cursor
    public let modelVersion: UInt32
    public let knownRefused: UInt32
    public let label: String
    public init(
      id: TransactionID, stamp: HLC, user: Int64, seen: Cursor, modelVersion: UInt32,
      knownRefused: UInt32, label: String
    ) {
      self.id = id
      self.stamp = stamp
      self.user = user
      self.seen = seen
      self.modelVersion = modelVersion
      self.knownRefused = knownRefused
      self.label = label
    }
  }

  /// The secret of one transaction, from which its operations' salts come.
  public static func transactionKey(nonce: Hash16, sequence: UInt32) -> Hash16 {
    var hasher = SHA256()
    hasher.update(nonce.low)
    hasher.update(nonce.high)
    hasher.update(UInt64(sequence))
    return hasher.finish16()
  }

  public static func operationHash(
    key: Hash16, index: Int, operation: UnsafeRawBufferPointer
  ) -> Hash16 {
    operationHash(salt: salt(key: key, index: index), operation: operation)
  }

  public static func salt(key: Hash16, index: Int) -> Hash16 {
    var hasher = SHA256()
    hasher.update(key)
    hasher.update(UInt64(index))
    return hasher.finish16()
  }

  public static func operationHash(salt: Hash16, operation: UnsafeRawBufferPointer) -> Hash16 {
    var hasher = SHA256()
    hasher.update(salt)
    hasher.update(operation)
    return hasher.finish16()
  }

  /// Adds a transaction whose operations have these hashes.
  public mutating func append(_ header: Header, operations: [Hash16]) {
    var hasher = SHA256()
    hasher.update(link)
    hasher.update(UInt64(header.id.site) << 32 | UInt64(header.id.sequence))
    hasher.update(header.stamp.raw)
    hasher.update(UInt64(bitPattern: header.user))
    hasher.update(header.seen.epoch)
    hasher.update(UInt64(bitPattern: header.seen.position))
    hasher.update(UInt64(header.modelVersion) << 32 | UInt64(header.knownRefused))
    hasher.update(UInt64(header.label.utf8.count))
    hasher.update(Array(header.label.utf8))
    hasher.update(UInt64(operations.count))
    for operation in operations {
      hasher.update(operation)
    }
    link = hasher.finish16()
  }
}

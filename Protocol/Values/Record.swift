/// A record as it shows: base and pending edits together.
public struct Record: Sendable, Hashable {
  public let entity: Tag
  public let id: RowID
  /// The fields that are written; a field of a newer model is under its tag, too.
  public let fields: [Tag: FieldValue]
  public init(entity: Tag, id: RowID, fields: [Tag: FieldValue]) {
    self.entity = entity
    self.id = id
    self.fields = fields
  }
}

/// A cell whose concurrent writes ask a person: a view of its heads, the same on every replica.
public struct ConflictEntry: Sendable, Hashable {
  /// A write that stands in the cell, with who made it.
  public struct Side: Sendable, Hashable {
    public let value: Value
    public let user: String
    public let device: String
    public let atMilliseconds: Int64
    public let transaction: TransactionID
    public init(
      value: Value, user: String, device: String, atMilliseconds: Int64, transaction: TransactionID
    ) {
      self.value = value
      self.user = user
      self.device = device
      self.atMilliseconds = atMilliseconds
      self.transaction = transaction
    }
  }
  public let entity: Tag
  public let record: RowID
  /// `Field.lifeTag` for a record that survived a deletion.
  public let tag: Tag
  /// nil for a revival: that the record lives shows.
  public let winner: Side?
  /// In (HLC, site) order.
  public let losers: [Side]
  public init(entity: Tag, record: RowID, tag: Tag, winner: Side?, losers: [Side]) {
    self.entity = entity
    self.record = record
    self.tag = tag
    self.winner = winner
    self.losers = losers
  }
}

extension MergeKind {
  /// Whether concurrent values of a field ask a person.
  public var asks: Bool {
    switch self {
    case .register(let asks): asks
    case .stage: true
    default: false
    }
  }
}

/// A whole row with its clocks: what is sent when a row is revived or enters a scope, and what the
/// server keeps of a deleted one.
///
/// Each cell is a list of entries (one without a key for a register or counter, one an element of a
/// set, one a key of a map), each entry a list of heads, the one that shows first. Transactions are
/// named by numbers that mean something to whoever wrote the image: references of a page, or
/// positions in the server's own log.
public struct RowImage: Sendable, Hashable {
  public struct Head: Sendable, Hashable {
    public var transaction: Int64
    public var value: Value
    public init(transaction: Int64, value: Value) {
      self.transaction = transaction
      self.value = value
    }
  }
  public struct Entry: Sendable, Hashable {
    public var key: Value
    public var heads: [Head]
    public init(key: Value, heads: [Head]) {
      self.key = key
      self.heads = heads
    }
  }
  public struct Cell: Sendable, Hashable {
    public var tag: Tag
    public var form: CellForm
    public var entries: [Entry]
    public init(tag: Tag, form: CellForm, entries: [Entry]) {
      self.tag = tag
      self.form = form
      self.entries = entries
    }
  }
  /// The transaction that made the row.
  public var created: Int64
  public var cells: [Cell]
  public init(created: Int64, cells: [Cell]) {
    self.created = created
    self.cells = cells
  }

  /// The same with other numbers for its transactions.
  public func mapTransactions<Failure: Error>(
    _ map: (Int64) throws(Failure) -> Int64
  ) throws(Failure) -> RowImage {
    var copy = self
    copy.created = try map(created)
    for cell in copy.cells.indices {
      for entry in copy.cells[cell].entries.indices {
        for head in copy.cells[cell].entries[entry].heads.indices {
          let number = copy.cells[cell].entries[entry].heads[head].transaction
          copy.cells[cell].entries[entry].heads[head].transaction = try map(number)
        }
      }
    }
    return copy
  }

  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.varint(UInt64(created))
    writer.varint(cells.count)
    for cell in cells {
      writer.varint(cell.tag)
      writer.byte(cell.form.rawValue)
      writer.varint(cell.entries.count)
      for entry in cell.entries {
        writer.value(entry.key)
        writer.varint(entry.heads.count)
        for head in entry.heads {
          writer.varint(UInt64(head.transaction))
          writer.value(head.value)
        }
      }
    }
    return writer.bytes
  }

  public init(encoded: [UInt8]) throws(DecodeError) {
    self = try encoded.decode { reader throws(DecodeError) in try RowImage(&reader) }
  }

  init(_ reader: inout ByteReader) throws(DecodeError) {
    created = Int64(try reader.count(limit: 1 << 48, what: "transaction"))
    var cells: [Cell] = []
    for _ in 0..<(try reader.count(limit: 1_024, what: "number of cells")) {
      let tag = try reader.uint32(what: "field tag")
      let start = reader.index
      guard let form = CellForm(rawValue: try reader.byte()) else {
        throw .invalid(what: "form of a cell", offset: start)
      }
      var entries: [Entry] = []
      for _ in 0..<(try reader.count(limit: reader.remaining, what: "number of entries")) {
        let key = try reader.value()
        var heads: [Head] = []
        for _ in 0..<(try reader.count(limit: ByteReader.headsLimit, what: "number of heads")) {
          let transaction = Int64(try reader.count(limit: 1 << 48, what: "transaction"))
          heads.append(Head(transaction: transaction, value: try reader.value()))
        }
        entries.append(Entry(key: key, heads: heads))
      }
      cells.append(Cell(tag: tag, form: form, entries: entries))
    }
    self.cells = cells
  }
}

/// How the entries of a cell are kept. The numbers are wire format.
public enum CellForm: UInt8, Sendable {
  case register = 0
  case set = 1
  case counter = 2
  case map = 3

  public init(_ kind: MergeKind) {
    switch kind {
    case .set: self = .set
    case .counter: self = .counter
    case .map: self = .map
    default: self = .register
    }
  }
}

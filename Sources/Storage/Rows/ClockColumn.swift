import Protocol

/// The clocks of one row: what `_t` and `_x` hold together (FORMAT.md 8).
///
/// `_t` is the transaction of the row's greatest clock. `_x` is NULL while every written column has
/// that clock; else it names the transaction of all columns that it does not list, then those it
/// lists. A column that is NULL and not listed was never written and loses to any write; a written
/// NULL is always listed. Sets, maps and counters keep the clocks of their elements here.
///
/// Numbers are written folded, so that a device's own transactions, which count from 2^40, take as
/// few bytes as others: a row that grows much in its leaf makes the leaf split.
struct ClockColumn {
  enum Content: Equatable {
    /// - further: other heads of this cell stand in `_head`.
    case register(transaction: Int64, further: Bool)
    case counter(transaction: Int64)
    /// Elements of a set, or keys of a map with their heads' values, in `Value.precedes` order.
    case entries([Entry])
    /// A field that this model does not know, kept as it came.
    case unknown(CellForm, [Entry])
  }
  struct Entry: Equatable {
    var key: Value
    var heads: [RowImage.Head]
  }
  struct Item: Equatable {
    let tag: Tag
    var content: Content
  }

  /// The transaction of the greatest clock.
  var greatest: Int64
  /// The transaction of every column that is not listed.
  var base: Int64
  var items: [Item]

  init(transaction: Int64) {
    greatest = transaction
    base = transaction
    items = []
  }

  init(greatest: Int64, encoded: UnsafeRawBufferPointer) throws(DecodeError) {
    self.greatest = greatest
    base = greatest
    items = []
    if encoded.isEmpty { return }
    var reader = ByteReader(encoded)
    let number = try reader.varint()
    if number != 0 { base = LocalNumber.unfolded(number) }
    while !reader.isAtEnd {
      let head = try reader.varint()
      let tag = Tag(truncatingIfNeeded: head >> 3)
      switch head & 7 {
      case 0:
        items.append(
          Item(
            tag: tag,
            content: .register(
              transaction: LocalNumber.unfolded(try reader.varint()), further: false)))
      case 1:
        items.append(
          Item(
            tag: tag,
            content: .register(
              transaction: LocalNumber.unfolded(try reader.varint()), further: true)))
      case 2:
        items.append(
          Item(tag: tag, content: .counter(transaction: LocalNumber.unfolded(try reader.varint()))))
      case 5:
        items.append(
          Item(tag: tag, content: .register(transaction: greatest, further: false)))
      case 3:
        items.append(Item(tag: tag, content: .entries(try Self.entries(&reader))))
      case 4:
        let start = reader.index
        guard let form = CellForm(rawValue: try reader.byte()) else {
          throw .invalid(what: "form of an unknown field", offset: start)
        }
        items.append(Item(tag: tag, content: .unknown(form, try Self.entries(&reader))))
      default:
        throw .invalid(what: "clock", offset: reader.index)
      }
    }
  }

  private static func entries(_ reader: inout ByteReader) throws(DecodeError) -> [Entry] {
    var entries: [Entry] = []
    for _ in 0..<(try reader.count(limit: reader.remaining, what: "number of entries")) {
      let key = try reader.value()
      var heads: [RowImage.Head] = []
      for _ in 0..<(try reader.count(limit: reader.remaining, what: "number of heads")) {
        let transaction = LocalNumber.unfolded(try reader.varint())
        heads.append(RowImage.Head(transaction: transaction, value: try reader.value()))
      }
      entries.append(Entry(key: key, heads: heads))
    }
    return entries
  }

  /// nil where nothing differs.
  var encoded: [UInt8]? {
    if base == greatest, items.isEmpty { return nil }
    var writer = ByteWriter()
    writer.varint(base == greatest ? 0 : LocalNumber.folded(base))
    for item in items {
      let tag = UInt64(item.tag) << 3
      switch item.content {
      case .register(greatest, further: false):
        writer.varint(tag | 5)
      case .register(let transaction, let further):
        writer.varint(tag | (further ? 1 : 0))
        writer.varint(LocalNumber.folded(transaction))
      case .counter(let transaction):
        writer.varint(tag | 2)
        writer.varint(LocalNumber.folded(transaction))
      case .entries(let entries):
        writer.varint(tag | 3)
        Self.append(entries, to: &writer)
      case .unknown(let form, let entries):
        writer.varint(tag | 4)
        writer.byte(form.rawValue)
        Self.append(entries, to: &writer)
      }
    }
    return writer.bytes
  }

  private static func append(_ entries: [Entry], to writer: inout ByteWriter) {
    writer.varint(entries.count)
    for entry in entries {
      writer.value(entry.key)
      writer.varint(entry.heads.count)
      for head in entry.heads {
        writer.varint(LocalNumber.folded(head.transaction))
        writer.value(head.value)
      }
    }
  }

  subscript(tag: Tag) -> Content? {
    get {
      for item in items where item.tag == tag { return item.content }
      return nil
    }
    set {
      let index = items.firstIndex { $0.tag >= tag } ?? items.count
      let exists = index < items.count && items[index].tag == tag
      switch (newValue, exists) {
      case (let content?, true): items[index].content = content
      case (let content?, false): items.insert(Item(tag: tag, content: content), at: index)
      case (nil, true): items.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// The transaction of a register's shown value; nil where it was never written.
  @inline(__always)
  func register(_ tag: Tag, isNull: Bool) -> (transaction: Int64, further: Bool)? {
    if !items.isEmpty, case .register(let transaction, let further) = self[tag] {
      return (transaction, further)
    }
    return isNull ? nil : (base, false)
  }

  /// Sets a register's clock. A column equal to the base needs no mention, unless it is NULL.
  mutating func setRegister(_ tag: Tag, _ transaction: Int64, isNull: Bool, further: Bool) {
    if transaction == base, !isNull, !further {
      if !items.isEmpty { self[tag] = nil }
    } else {
      self[tag] = .register(transaction: transaction, further: further)
    }
  }

  /// A transaction with a greater clock than all others has written to the row.
  mutating func raise(to transaction: Int64) { greatest = transaction }
}

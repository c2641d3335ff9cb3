import CSQLite
import Protocol

/// Where a field stands among the columns that a statement selects: only numbers, so that the loops
/// over rows copy nothing that is counted.
struct CellColumns {
  let tag: Tag
  let form: CellForm
  /// The first of the field's columns, counted from the first field column.
  let first: Int
  let count: Int
  let isGroup: Bool
}

/// A field with its place.
struct FieldColumns {
  let field: Field
  let cell: CellColumns

  init(field: Field, first: Int, count: Int) {
    self.field = field
    var isGroup = false
    if case .group = field.type { isGroup = true }
    cell = CellColumns(
      tag: field.tag, form: CellForm(field.kind), first: first, count: count, isGroup: isGroup)
  }

  var first: Int { cell.first }
  var count: Int { cell.count }
  var isGroup: Bool { cell.isGroup }
}

extension Statement {
  /// The value of a register from its columns; a group of NULLs is null.
  func value(_ columns: CellColumns, offset: Int) -> Value {
    let first = offset + columns.first
    if !columns.isGroup { return value(first) }
    var parts: [Value] = []
    parts.reserveCapacity(columns.count)
    for index in 0..<columns.count { parts.append(value(first + index)) }
    return .canonicalGroup(parts)
  }

  @inline(__always)
  func isNull(_ columns: CellColumns, offset: Int) -> Bool {
    let first = offset + columns.first
    if columns.count == 1 { return isNull(first) }
    for index in 0..<columns.count where !isNull(first + index) { return false }
    return true
  }

  /// Appends the encoding of a register; false, and nothing appended, where it is null.
  @inline(__always)
  func encode(_ columns: CellColumns, offset: Int, to writer: inout ByteWriter) -> Bool {
    let first = offset + columns.first
    if !columns.isGroup {
      if isNull(first) { return false }
      encode(first, to: &writer)
      return true
    }
    guard let last = (0..<columns.count).last(where: { !isNull(first + $0) }) else { return false }
    writer.varint(UInt64(last + 1) << 3 | UInt64(ValueForm.group.rawValue))
    for index in 0...last { encode(first + index, to: &writer) }
    return true
  }

  /// Binds a register's value to its columns.
  func bind(_ columns: CellColumns, offset: Int, _ value: Value) {
    let first = offset + columns.first
    guard columns.isGroup else {
      bind(first, value)
      return
    }
    var parts: [Value] = []
    if case .group(let given) = value { parts = given }
    for index in 0..<columns.count {
      bind(first + index, index < parts.count ? parts[index] : .null)
    }
  }

  /// The same from bytes, without a copy.
  @inline(__always)
  func bind(_ columns: CellColumns, offset: Int, static view: ValueView) throws(DecodeError) {
    let first = offset + columns.first
    guard columns.isGroup else {
      bind(first, static: view)
      return
    }
    var reader = ByteReader(view.content)
    for index in 0..<columns.count {
      if index < view.partCount {
        bind(first + index, static: try reader.valueView())
      } else {
        bindNull(first + index)
      }
    }
  }
}

extension Statement {
  func value(_ columns: FieldColumns, offset: Int) -> Value { value(columns.cell, offset: offset) }

  func isNull(_ columns: FieldColumns, offset: Int) -> Bool {
    isNull(columns.cell, offset: offset)
  }

  func bind(_ columns: FieldColumns, offset: Int, _ value: Value) {
    bind(columns.cell, offset: offset, value)
  }
}

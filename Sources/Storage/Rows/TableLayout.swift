import Protocol

/// An entity's table with its statements.
final class TableLayout {
  let entity: Entity
  /// The stored fields, in the order of their columns.
  let columns: [FieldColumns]
  /// The same without the fields.
  let cells: [CellColumns]
  let columnCount: Int
  /// What shows of registers that were never written.
  let defaults: [(tag: Tag, value: Value)]
  /// Whether edits of texts may be kept beside its rows.
  let hasTexts: Bool
  let selectAll: String
  let scan: String
  let insertAll: String
  let deleteRow: String
  let setAudience: String
  private let positions: [Tag: Int]

  init(_ entity: Entity) {
    self.entity = entity
    var columns: [FieldColumns] = []
    var positions: [Tag: Int] = [:]
    var next = 0
    var names: [String] = []
    for field in entity.fields where field.kind != .derived {
      let fieldNames = field.columns
      positions[field.tag] = columns.count
      columns.append(FieldColumns(field: field, first: next, count: fieldNames.count))
      next += fieldNames.count
      names += fieldNames.map(Guard.quote)
    }
    self.columns = columns
    cells = columns.map(\.cell)
    self.positions = positions
    columnCount = next
    defaults = entity.fields.compactMap { field in field.shownDefault.map { (field.tag, $0) } }
    hasTexts = columns.contains { $0.field.kind == .text }
    let table = Guard.quote(entity.table)
    let list = names.map { ", \($0)" }.joined()
    scan = "SELECT id, _t, _x, _a\(list) FROM \(table)"
    selectAll = "\(scan) WHERE id = ?"
    let marks = String(repeating: ", ?", count: next)
    insertAll = "INSERT INTO \(table) (id, _t, _x, _a\(list)) VALUES (?, ?, ?, ?\(marks))"
    deleteRow = "DELETE FROM \(table) WHERE id = ?"
    setAudience = "UPDATE \(table) SET _a = ? WHERE id = ?"
  }

  func column(_ tag: Tag) -> FieldColumns? { positions[tag].map { columns[$0] } }
}

/// What the engine needs to apply operations of one shape fast: its fields and prepared statements.
final class ShapePlan {
  let shape: Shape
  let layout: TableLayout
  /// For each tag of the shape: the field's columns counted within this plan's statements; nil for
  /// a field that the model does not know.
  let columns: [FieldColumns?]
  /// The same without the fields, where the model knows them all; else empty.
  let cells: [CellColumns]
  let columnCount: Int
  /// id, _t, _x, _a are not selected but `_t, _x, _a`, then the shape's columns.
  let select: Statement
  let insert: Statement
  let update: Statement
  /// Whether every field is a register of the plain kinds, known to the model.
  let isPlain: Bool

  init(_ shape: Shape, _ layout: TableLayout, _ connection: Connection) throws(StorageError) {
    self.shape = shape
    self.layout = layout
    var columns: [FieldColumns?] = []
    var names: [String] = []
    var isPlain = true
    for tag in shape.tags {
      guard let column = layout.column(tag) else {
        columns.append(nil)
        isPlain = false
        continue
      }
      columns.append(
        FieldColumns(field: column.field, first: names.count, count: column.count))
      names += column.field.columns.map(Guard.quote)
    }
    self.columns = columns
    self.isPlain = isPlain
    cells = isPlain ? columns.compactMap { $0?.cell } : []
    columnCount = names.count
    let table = Guard.quote(layout.entity.table)
    let list = names.map { ", \($0)" }.joined()
    select = try connection.statement("SELECT _t, _x, _a\(list) FROM \(table) WHERE id = ?")
    insert = try connection.statement(
      "INSERT INTO \(table) (id, _t, _x, _a\(list)) VALUES (?, ?, ?, ?"
        + "\(String(repeating: ", ?", count: names.count))) ON CONFLICT (id) DO NOTHING")
    let sets = names.map { ", \($0) = ?" }.joined()
    update = try connection.statement("UPDATE \(table) SET _t = ?, _x = ?\(sets) WHERE id = ?")
  }
}

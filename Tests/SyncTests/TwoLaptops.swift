import Protocol
import Testing

private typealias M = SmallModel

/// Two laptops in sync that hold one record, in which they write.
struct TwoLaptops {
  let world: World
  let a: Device
  let b: Device
  let row: RowID

  init(_ fields: [(Tag, Value)]) throws {
    world = try World()
    (a, b) = (try world.device("A"), try world.device("B"))
    row = try a.create(M.company, fields)
    try world.syncAll(a, b)
  }

  /// The record's text comes back whole, as from a form.
  func write(_ device: Device, _ text: String) throws {
    let shown = try device.shown(row, M.story).text
    let change = try #require(TextChange(TextDiff.edits(from: shown, to: text)))
    try device.apply(.edit(M.company, row, M.story, change))
  }
}

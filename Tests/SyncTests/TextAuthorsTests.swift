import ClientCore
import Protocol
import Testing

private typealias M = SmallModel

@Suite("Who wrote what")
struct TextAuthorsTests {
  private let laptops: TwoLaptops
  private var world: World { laptops.world }
  private var a: Device { laptops.a }
  private var b: Device { laptops.b }
  private var row: RowID { laptops.row }

  init() throws {
    laptops = try TwoLaptops(
      [(M.name, "x"), (M.story, "Quay 3 is free.")])
  }

  private func write(_ device: Device, _ text: String) throws {
    try laptops.write(device, text)
  }

  private func authors(_ device: Device) throws -> [String] {
    try device.replica.authors(row, M.story).map { "\($0.by?.device ?? "?"): \($0.text)" }
  }

  @Test("each part of a text is its writer's, on every device alike, pending or not")
  func parts() throws {
    try write(b, "Quay 3 and 4 is free.")
    #expect(try authors(b) == ["A: Quay 3 ", "B: and 4 ", "A: is free."])
    try world.syncAll(b, a)
    try write(a, "Quay 3 and 4 are free.")
    try world.syncAll(a, b)
    for device in [a, b] {
      #expect(try authors(device) == ["A: Quay 3 ", "B: and 4", "A:  are", "A:  free."])
    }
  }

  @Test("what two wrote at once is each one's own")
  func atOnce() throws {
    try write(a, "On Monday quay 3 is free.")
    try write(b, "Quay 3 is free. Call them.")
    try world.syncAll(a, b, a)
    for device in [a, b] {
      let parts = try device.replica.authors(row, M.story)
      #expect(parts.map(\.text).joined() == "On Monday quay 3 is free. Call them.")
      #expect(parts.last?.by?.device == "B")
      #expect(parts.last?.text == " Call them.")
    }
  }

  @Test("of a text that came whole it is not said who wrote it, but of what came after it")
  func whole() throws {
    let c = try world.device("C")
    try a.sync(full: true)
    try c.sync()
    try write(b, "Quay 3 is free. Call them.")
    try world.syncAll(b, c)
    let parts = try authors(c)
    #expect(parts.last == "B:  Call them.")
    let text = try c.replica.authors(row, M.story).map(\.text).joined()
    #expect(text == "Quay 3 is free. Call them.")
  }

  @Test("of a text that nobody has written nothing is said")
  func empty() throws {
    try write(a, "")
    #expect(try authors(a) == [])
  }
}

import ClientCore
import Protocol
import Storage

/// What the program itself keeps of a text once everybody has it.
struct TextAtRest {
  private static let entity: Tag = 1
  private static let note: Tag = 16
  private static let rounds = 20

  func measure(_ report: inout Report) throws {
    let stage = try Stage(Self.model())
    let devices = [try stage.device("first"), try stage.device("second")]
    let row = try create(devices[0])
    for device in devices { _ = try device.sync() }
    var sent = 0
    for round in 0..<Self.rounds {
      for (index, device) in devices.enumerated() {
        stage.system.advance(1_000)
        try edit(device, row, "Regel \(round) van \(index), aan de kade.\n", at: index * 11)
      }
      for device in devices { sent += try device.sync().sent.reduce(0, +) }
    }
    let during = try bytes(devices[0])
    // Each sync tells what the device has; after two rounds everybody knows that everybody has it.
    for _ in 0..<3 { for device in devices { _ = try device.sync() } }
    let texts = try devices.map { try text(of: $0, row) }
    guard texts[0] == texts[1], texts[0].utf8.count > 1_000 else { throw BenchError.disagreement }
    report.add(
      .atMost(
        "text: bytes at rest over the plain text once all devices have it", "bytes",
        try devices.map { Double(try bytes($0)) }.max() ?? 0, goal: 0))
    report.add(.shown("text: the same while two write", "bytes", Double(during)))
    report.add(
      .shown(
        "text: a request with one edit of 32 characters, compressed", "bytes",
        Double(sent) / Double(2 * Self.rounds)))
    try stage.end()
  }

  private static func model() throws -> Model {
    try Model(
      name: "bench", version: 1, lists: [],
      entities: [
        Entity(
          tag: entity, name: "thing", label: Label(nl: "ding", en: "thing"),
          help: Label(nl: "", en: ""), title: "note",
          fields: [Field(note, "note", .text(), .text, nl: "nota", en: "note")])
      ])
  }

  private func create(_ device: Device) throws -> RowID {
    var id: RowID?
    try device.replica.commit { draft in
      id = try draft.create(Self.entity, [(Self.note, .text("Bezoekverslag\n"))])
    }
    guard let id else { throw BenchError.disagreement }
    return id
  }

  private func edit(_ device: Device, _ row: RowID, _ text: String, at place: Int) throws {
    guard let change = TextChange([TextEdit(at: place, inserting: text)]) else { return }
    try device.replica.commit { draft in
      try draft.apply(.edit(Self.entity, row, Self.note, change))
    }
  }

  private func bytes(_ device: Device) throws -> Int64 {
    try device.replica.database.read { engine in
      try engine.connection.scalar(
        "SELECT coalesce(sum(length(parents) + length(edit)), 0) FROM _text") ?? 0
    }
  }

  private func text(of device: Device, _ row: RowID) throws -> String {
    try device.replica.database.read { engine in
      guard case .scalar(let value)? = try engine.record(Self.entity, row)?.fields[Self.note] else {
        throw BenchError.disagreement
      }
      return value.textValue ?? ""
    }
  }
}

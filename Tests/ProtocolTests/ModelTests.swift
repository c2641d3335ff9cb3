import Protocol
import Testing

@Suite("A declaration that contradicts itself is refused")
struct ModelTests {
  private static let label = Label(nl: "x", en: "x")

  private func model(_ field: Field) throws(ModelError) -> Model {
    try Model(
      name: "m", version: 1, lists: [ValueList("stage", [.init("a", nl: "a", en: "a")])],
      entities: [
        Entity(tag: 1, name: "e", label: Self.label, help: Self.label, fields: [field])
      ])
  }

  @Test("where forward moves of a stage go round, however far")
  func cyclicStages() {
    for moves in [
      [("a", "a")], [("a", "b"), ("b", "a")], [("x", "a"), ("a", "b"), ("b", "c"), ("c", "a")],
    ] {
      let stage = StageMoves(allowed: [], forward: moves.map { StageMoves.Move($0.0, $0.1) })
      #expect(!stage.isAcyclic)
      #expect(throws: ModelError.cyclicStage(entity: "e", field: "f")) {
        _ = try model(Field(16, "f", .enumeration("stage"), .stage(stage), nl: "f", en: "f"))
      }
    }
  }

  @Test("where the keys of a map are of a kind that asks a person or has parts")
  func kindsOfKeys() throws {
    func map(_ kind: MergeKind) -> Field {
      Field(16, "f", .map(key: .string(), value: .string()), .map(of: kind), nl: "f", en: "f")
    }
    for kind: MergeKind in [
      .register(asks: true), .stage(StageMoves(allowed: [], forward: [])), .set(growOnly: false),
      .map(of: .register(asks: false)), .text, .derived,
    ] {
      #expect(throws: ModelError.kindOfKeys(entity: "e", field: "f")) { _ = try model(map(kind)) }
    }
    for kind: MergeKind in [
      .once, .register(asks: false), .ranked(.maximum), .ranked(.done), .counter(growOnly: false),
    ] {
      _ = try model(map(kind))
    }
  }
}

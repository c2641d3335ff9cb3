import Protocol

// Foundation and Testing have types of these names too.
typealias Operation = Protocol.Operation
typealias Tag = Protocol.Tag

/// Requests of one device, site 1000, whose user is row 2147483649.
enum GoldenRequests {
  static let site: UInt32 = 1_000
  static let user: Int64 = 1 << 31 | 1
  static let epoch: UInt64 = 0x1122_3344_5566_7788
  static let firstNonce = Hash16(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)
  static let secondNonce = Hash16(low: 0x1716_1514_1312_1110, high: 0x1F1E_1D1C_1B1A_1918)
  static let row = RowID(site: site, counter: 1)
  static let otherRow = RowID(site: site, counter: 2)
  static let noon: Int64 = 1_796_212_800_000

  static let first = SyncRequest(
    modelName: "gent-economy", modelVersion: 1, cursor: [], clockMilliseconds: noon,
    lastSequence: 0, lastChain: .zero, jumps: [], confirmedSequence: 0, pageBytes: 262_144,
    wantsAll: true, grantVersion: 0, batch: [])

  static var full: SyncRequest {
    var offer = Offer()
    offer.add(
      nonce: firstNonce, counter: 0, label: "import sample-hubs",
      [
        .create(2, row, [(16, "Café Zonder Naam"), (17, .int(-1)), (18, .real(3.5))]),
        .add(2, row, 20, "haven"), .increment(2, row, 21, 3), .put(2, row, 22, key: 2026, 14),
        .bump(2, row, 23, key: "ma", -2),
      ])
    offer.add(
      nonce: firstNonce, counter: 1, label: "",
      [
        .create(2, otherRow, [(16, "Ter Platen")]),
        .write(
          2, row,
          [
            (16, .null), (17, .int(Int64.max)),
            (19, .group(["2026-10-20", .null, .int(1_796_212_800_000)])), (24, .bytes([0, 255])),
          ]),
        .remove(2, row, 20, "haven"), .drop(2, row, 22, key: 2026), .keep(2, row),
      ])
    // The replica was closed and opened: another nonce, another run.
    offer.add(nonce: secondNonce, counter: 7, label: "", [.delete(2, otherRow)])
    return SyncRequest(
      modelName: "gent-economy", modelVersion: 1, cursor: [UInt8](0..<48),
      clockMilliseconds: noon + 250, lastSequence: 3, lastChain: offer.chain.link,
      jumps: [
        ClockRule.Jump(sequence: 2, deltaMilliseconds: -90_000_000),
        ClockRule.Jump(sequence: 4, deltaMilliseconds: 1_500),
      ],
      confirmedSequence: 0, pageBytes: 1_048_576, wantsAll: false, grantVersion: 3,
      batch: offer.builder.finish())
  }

  static var newer: SyncRequest {
    var request = full
    request.modelVersion = 2
    let kinds: [MergeKind] = [
      .register(asks: true), .ranked(.minimum), .set(growOnly: true),
      .map(of: .counter(growOnly: false)), .text,
    ]
    request.declared = kinds.enumerated().compactMap { index, kind in
      DeclaredField(
        entity: 2, field: Field(Tag(40 + index), "f", .string(), kind, nl: "f", en: "f"),
        model: newModel)
    }
    return request
  }

  /// Orders, and entities: one that hangs below another, one that is what its fields say.
  static var declared: SyncRequest {
    var request = full
    request.modelVersion = 2
    request.declared = newModel.entities.flatMap { entity in
      entity.fields.compactMap { DeclaredField(entity: entity.tag, field: $0, model: newModel) }
    }
    request.declaredEntities = newModel.entities.compactMap {
      DeclaredEntity($0, model: newModel)
    }
    return request
  }

  private static let newModel: Model = {
    func both(_ text: String) -> Label { Label(nl: text, en: text) }
    func field(_ tag: Tag, _ type: ValueType, _ kind: MergeKind) -> Field {
      Field(tag, "f\(tag)", type, kind, nl: "f", en: "f")
    }
    let moves = StageMoves(
      allowed: [], forward: [.init("new", "seen"), .init("seen", "done"), .init("new", "done")])
    do {
      return try Model(
        name: "gent-economy", version: 2,
        lists: [
          ValueList("rank", ["low", "hoog"].map { ValueList.Entry($0, nl: $0, en: $0) })
        ],
        entities: [
          Entity(
            tag: 1, name: "place", label: both("place"), help: both(""), title: "f16",
            space: .tree(parent: "f17", code: "f16"),
            fields: [
              field(16, .string(), .register(asks: true)),
              field(17, .reference("place"), .register(asks: false)),
            ]),
          Entity(
            tag: 70, name: "tour", label: both("tour"), help: both(""),
            space: .through(field: "f17"),
            fields: [
              field(16, .enumeration("rank"), .ranked(.listOrder)),
              field(17, .reference("place"), .register(asks: false)),
              field(18, .string(), .stage(moves)),
              field(19, .map(key: .string(), value: .string()), .map(of: .once)),
              field(
                20, .map(key: .string(), value: .enumeration("rank")),
                .map(of: .ranked(.listOrder))),
              field(21, .map(key: .string(), value: .bool), .map(of: .ranked(.trueWins))),
            ]),
          Entity(
            tag: 71, name: "stop", label: both("stop"), help: both(""), identity: ["f17", "f16"],
            parent: "f16", space: .sameAs(field: "f16"),
            fields: [
              field(16, .reference("tour"), .once), field(17, .string(), .once),
            ]),
        ])
    } catch {
      // A static value cannot throw, and without the model there is nothing to test.
      fatalError("the model contradicts itself: \(error)")
    }
  }()

  /// "kade 3 vrij" becomes "kade 4 is vrij"; then a text with other letters is typed in a form that
  /// was open while a sync went on.
  static var texts: SyncRequest {
    var offer = Offer()
    func change(_ edits: TextEdit...) -> TextChange {
      guard let change = TextChange(edits) else { preconditionFailure("edits that do nothing") }
      return change
    }
    offer.add(
      nonce: firstNonce, counter: 0, label: "",
      [
        .edit(
          2, row, 25,
          change(
            TextEdit(at: 7, inserting: "is "), TextEdit(at: 5, deleting: 1, inserting: "4")))
      ])
    offer.add(
      nonce: firstNonce, counter: 1, label: "",
      [
        .edit(
          2, otherRow, 25, change(TextEdit(at: 0, inserting: "Müze 👩‍🚒")),
          of: Cursor(epoch: epoch, position: 44)),
        .write(2, otherRow, [(16, "x")]),
      ])
    return SyncRequest(
      modelName: "gent-economy", modelVersion: 1, cursor: [UInt8](0..<48),
      clockMilliseconds: noon + 250, lastSequence: 2, lastChain: offer.chain.link, jumps: [],
      confirmedSequence: 0, pageBytes: 1_048_576, wantsAll: false, grantVersion: 3,
      batch: offer.builder.finish())
  }

  /// Transactions of the device, each with the chain it really has.
  private struct Offer {
    var builder = BatchBuilder()
    var chain = Chain()
    private var sequence: UInt32 = 0

    mutating func add(
      nonce: Hash16, counter: UInt16, label: String, _ operations: [Operation]
    ) {
      sequence += 1
      let stamp = HLC(milliseconds: noon, counter: counter)
      let transaction = BatchTransaction(
        id: TransactionID(site: site, sequence: sequence), stamp: stamp, authorStamp: stamp,
        user: user, seen: Cursor(epoch: epoch, position: 40), modelVersion: 1, knownRefused: 0,
        label: label, operationCount: operations.count)
      var body = OperationBody(key: Chain.transactionKey(nonce: nonce, sequence: sequence))
      for operation in operations { body.append(operation) }
      chain.append(transaction.header, operations: body.hashes)
      builder.append(transaction, nonce: nonce, chain: chain.link)
      for operation in operations { builder.append(operation, audience: 0) }
    }
  }
}

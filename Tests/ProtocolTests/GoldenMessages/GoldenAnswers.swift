import Protocol

/// Answers to the device of `GoldenRequests`.
enum GoldenAnswers {
  private static let other: UInt32 = 2_000_000_000
  private static let server: UInt32 = 77
  private static let bo: Int64 = 1 << 31 | 2
  private static let noon = GoldenRequests.noon
  private static let port = Audience(space: 77 << 31 | 5)

  static let clone = SyncResponse(
    status: .clone, modelVersion: 1, clockMilliseconds: noon, userName: "An Peeters",
    userID: GoldenRequests.user, grantVersion: 3, editableSpaces: [0, port.space],
    lastSequence: 9)

  static var page: SyncResponse {
    SyncResponse(
      status: .ok, modelVersion: 2, clockMilliseconds: noon + 1_000, userName: "An Peeters",
      userID: GoldenRequests.user, grantVersion: 3, editsAll: true, lastSequence: 3,
      outcomes: [
        Outcome(
          sequence: 1, verdict: .merged(position: 43, stamp: HLC(milliseconds: noon, counter: 0))),
        Outcome(sequence: 2, verdict: .refused(.noRight, detail: "TLG")),
        Outcome(
          sequence: 3,
          verdict: .merged(position: 44, stamp: HLC(milliseconds: noon + 900, counter: 2))),
      ],
      cursor: Cursor(epoch: GoldenRequests.epoch, position: 44),
      sealedCursor: [UInt8](repeating: 0xA5, count: 48), page: pageBytes,
      digests: [
        SyncResponse.AudienceDigest(audience: .city, sum: 0x0123_4567_89AB_CDEF),
        SyncResponse.AudienceDigest(audience: port, sum: 1),
      ], stablePosition: 12)
  }

  /// Other grants than the reader knows: everything is loaded anew.
  static let reload = SyncResponse(
    status: .reload, modelVersion: 1, clockMilliseconds: noon, userName: "An Peeters",
    userID: GoldenRequests.user, grantVersion: 4, editableSpaces: [0], lastSequence: 3,
    hasMore: true)

  /// Edits of a text: on top, beside one that its author did not know, and told as the whole text; then
  /// the server takes the past of the text away, and a record that was deleted is kept.
  static var texts: SyncResponse {
    var builder = BatchBuilder()
    let row = RowID(site: server, counter: 9)
    func edit(_ sequence: UInt32, _ edit: TextEdit, _ result: CellResult?) {
      guard let change = TextChange([edit]) else { preconditionFailure("an edit of nothing") }
      builder.append(
        transaction(
          other, sequence, position: Int64(40 + sequence), user: bo,
          milliseconds: noon + Int64(sequence), operations: 1),
        nonce: GoldenRequests.firstNonce, chain: GoldenRequests.secondNonce)
      builder.append(
        .edit(2, row, 44, change), audience: builder.number(of: .city),
        results: result.map { [$0] })
    }
    edit(7, TextEdit(at: 0, inserting: "kade 3"), nil)
    let seventh = builder.number(of: reference(other, 7, user: bo, position: 47))
    edit(
      8, TextEdit(at: 5, deleting: 1, inserting: "4"),
      .heads([HeadReference(reference: seventh, value: .null)]))
    let ninth = builder.number(of: reference(other, 9, user: bo, position: 49))
    edit(
      9, TextEdit(at: 6, inserting: " vrij"),
      .heads([HeadReference(reference: ninth, value: "kade 4 vrij")]))
    builder.append(
      transaction(
        server, 3, position: 50, user: 0, milliseconds: noon + 20, operations: 2),
      nonce: .zero, chain: Hash16(low: 5, high: 6))
    let city = builder.number(of: .city)
    builder.append(.erase(2, row, 44, shown: "kade 4 vrij"), audience: city)
    builder.append(.keep(2, GoldenRequests.otherRow), audience: city)
    return SyncResponse(
      status: .ok, modelVersion: 1, clockMilliseconds: noon, userName: "An Peeters",
      userID: GoldenRequests.user, grantVersion: 3, editsAll: true, lastSequence: 3,
      cursor: Cursor(epoch: GoldenRequests.epoch, position: 50),
      sealedCursor: [UInt8](repeating: 0x3C, count: 48), page: builder.finish(),
      stablePosition: 40, safePosition: 38)
  }

  static var more: SyncResponse {
    var builder = BatchBuilder()
    builder.append(
      transaction(
        server, 1, position: 1, user: 0, milliseconds: noon - 5_000, operations: 1),
      nonce: GoldenRequests.secondNonce, chain: GoldenRequests.firstNonce)
    let city = builder.number(of: .city)
    builder.append(
      .create(19, RowID(GoldenRequests.user), [(16, "An Peeters"), (17, "admin"), (19, true)]),
      audience: city)
    return SyncResponse(
      status: .ok, modelVersion: 1, clockMilliseconds: noon, userName: "An Peeters",
      userID: GoldenRequests.user, grantVersion: 1, editableSpaces: [0],
      cursor: Cursor(epoch: GoldenRequests.epoch, position: 1),
      sealedCursor: [UInt8](repeating: 0x5A, count: 48),
      page: builder.finish(siteName: { _ in "server" }), hasMore: true)
  }

  private static var pageBytes: [UInt8] {
    var builder = BatchBuilder()
    appendFull(to: &builder)
    appendPartial(to: &builder)
    appendEcho(to: &builder)
    appendMoved(to: &builder)
    let siteNames = [other: "Laptop B", GoldenRequests.site: "Laptop A"]
    let userNames = [bo: "Bo", GoldenRequests.user: "An Peeters"]
    return builder.finish(
      siteName: { siteNames[$0] ?? "server" }, userName: { userNames[$0] ?? "" })
  }

  /// Every outcome that a value can have: shown, hidden, further heads, an empty set.
  private static func appendFull(to builder: inout BatchBuilder) {
    builder.append(
      transaction(other, 5, position: 41, user: bo, milliseconds: noon - 60_000, operations: 5),
      nonce: GoldenRequests.firstNonce, chain: GoldenRequests.secondNonce)
    let city = builder.number(of: .city)
    let late = builder.number(of: reference(other, 5, user: bo, position: 41))
    let early = builder.number(of: reference(77, 2, user: 0, position: 7))
    let row = RowID(site: server, counter: 9)
    builder.append(
      .write(2, row, [(16, "Tech Lane"), (17, 5), (19, .group(["2026-11"]))]), audience: city,
      results: [
        .shown, .hidden,
        .heads([
          HeadReference(reference: late, value: .group(["2026-11"])),
          HeadReference(reference: early, value: .group(["2026-12"])),
        ]),
      ])
    builder.append(.remove(2, row, 20, "haven"), audience: city, results: [.heads([])])
    builder.append(.delete(2, row), audience: city, results: [.hidden])
    builder.append(.increment(2, row, 21, -4), audience: city)
    builder.append(
      .create(2, RowID(1 << 62 | 12_345), [(16, "afgeleid")]), audience: city)
  }

  /// One operation of three is not for this reader; a row enters their scope and two leave.
  private static func appendPartial(to builder: inout BatchBuilder) {
    let ordinal = builder.transactionCount
    builder.append(
      transaction(
        other, 6, position: 42, user: bo, milliseconds: noon - 50_000, operations: 5,
        mode: .partial),
      nonce: .zero, chain: Hash16(low: 6, high: 6))
    let city = builder.number(of: .city)
    builder.append(.write(2, RowID(site: server, counter: 9), [(16, "A")]), audience: city)
    builder.appendHidden(transaction: ordinal, index: 1, hash: Hash16(low: 0xABCD, high: 0xEF))
    let space = builder.number(of: port)
    builder.append(.write(2, RowID(site: server, counter: 10), [(16, "B")]), audience: space)
    let image = RowImage(
      created: Int64(builder.number(of: reference(77, 2, user: 0, position: 7))),
      cells: [
        .init(
          tag: 16, form: .register,
          entries: [.init(key: .null, heads: [.init(transaction: 1, value: "Haven")])]),
        .init(
          tag: 20, form: .set,
          entries: [
            .init(
              key: "haven",
              heads: [.init(transaction: 1, value: .null), .init(transaction: 0, value: .null)])
          ]),
        .init(
          tag: 21, form: .counter,
          entries: [.init(key: .null, heads: [.init(transaction: 1, value: 12)])]),
        .init(
          tag: 22, form: .map,
          entries: [.init(key: 2026, heads: [.init(transaction: 1, value: 14)])]),
      ])
    builder.append(
      Operation(
        .image, entity: 2, row: RowID(site: server, counter: 11), values: [.bytes(image.encoded)]),
      audience: space)
    builder.append(
      Operation(.purge, entity: 2, row: RowID(site: server, counter: 12)), audience: space)
    builder.append(
      Operation(.removed, entity: 3, row: RowID(site: server, counter: 13)), audience: city)
  }

  /// The reader's own: nothing of it needs to be sent.
  private static func appendEcho(to builder: inout BatchBuilder) {
    var header = transaction(
      GoldenRequests.site, 1, position: 43, user: GoldenRequests.user, milliseconds: noon,
      operations: 5, mode: .echo)
    header.label = "import sample-hubs"
    header.echoAudience = builder.number(of: port)
    builder.append(header, nonce: GoldenRequests.firstNonce, chain: Hash16(low: 1, high: 2))
  }

  /// The server moved its stamp; its author had seen another epoch.
  private static func appendMoved(to builder: inout BatchBuilder) {
    var header = transaction(
      GoldenRequests.site, 3, position: 44, user: GoldenRequests.user, milliseconds: noon + 900,
      operations: 1)
    header.authorStamp = HLC(milliseconds: noon + 90_000_000, counter: 1)
    header.seen = Cursor(epoch: 0x99, position: 3)
    header.knownRefused = 2
    builder.append(header, nonce: GoldenRequests.secondNonce, chain: Hash16(low: 3, high: 4))
    let city = builder.number(of: .city)
    builder.append(.delete(2, GoldenRequests.otherRow), audience: city)
  }

  private static func transaction(
    _ site: UInt32, _ sequence: UInt32, position: Int64, user: Int64, milliseconds: Int64,
    operations: Int, mode: TransactionMode = .full
  ) -> BatchTransaction {
    let stamp = HLC(milliseconds: milliseconds, counter: UInt16(sequence))
    return BatchTransaction(
      id: TransactionID(site: site, sequence: sequence), stamp: stamp, authorStamp: stamp,
      user: user, seen: Cursor(epoch: GoldenRequests.epoch, position: position - 1),
      modelVersion: 1, knownRefused: 0, label: "", position: position,
      operationCount: operations, mode: mode)
  }

  private static func reference(
    _ site: UInt32, _ sequence: UInt32, user: Int64, position: Int64
  ) -> TransactionReference {
    TransactionReference(
      id: TransactionID(site: site, sequence: sequence),
      stamp: HLC(milliseconds: noon - 70_000, counter: UInt16(sequence)), user: user,
      position: position)
  }
}

enum GoldenEnrolment {
  static let request = EnrolRequest(
    code: "7K2M-9QXF-0ABC", deviceName: "Laptop A", modelName: "gent-economy")
  static let answer = EnrolResponse(
    site: GoldenRequests.site, token: String(repeating: "Z", count: 52),
    userID: GoldenRequests.user, userName: "An Peeters", deviceName: "Laptop A",
    clockMilliseconds: GoldenRequests.noon)
}

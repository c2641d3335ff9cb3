import Protocol

/// Measures one trace and checks every text that it ends in.
struct TextRun {
  /// The name of the trace, without folder and endings.
  let name: String
  let runs: Int

  /// A trace may be of a longer text than a field may have.
  private static let limits: TextLimits = {
    var limits = TextLimits()
    limits.textBytes = 1 << 28
    return limits
  }()

  /// What the rows about the recorded traces have to reach.
  private struct Goals {
    var replay: Double?
    var load: Double?
    var merge: Double?
    var session: Double?
  }

  private var goals: Goals {
    switch name {
    case "automerge-paper": Goals(replay: 15, load: 5)
    case "friendsforever": Goals(merge: 5)
    case "5k-20x10": Goals(session: 165)
    default: Goals()
    }
  }

  func measure(_ trace: TextTrace, _ report: inout Report) throws {
    switch trace {
    case .sequential(let trace): try measure(trace, &report)
    case .concurrent(let trace): try measure(trace, &report)
    case .fleet(let trace): try measure(trace, &report)
    }
  }

  private func row(
    _ work: String, _ unit: String, _ kaai: Double, goal: Double? = nil
  ) -> Measurement {
    let work = "text: \(work) (\(name))"
    guard let goal else { return .shown(work, unit, kaai) }
    return .atMost(work, unit, kaai, goal: goal)
  }

  private func expect(_ text: String, _ end: String, _ what: String) throws {
    guard Array(text.utf8) == Array(end.utf8) else {
      throw BenchError.wrongEnd("\(what) of \(name) is another text")
    }
  }

  // MARK: One author

  private func measure(_ trace: SequentialTrace, _ report: inout Report) throws {
    var document = TextDocument(limits: Self.limits)
    let replay = try Stopwatch.least(of: runs) {
      document = TextDocument(limits: Self.limits)
      return try Stopwatch.seconds { try self.replay(trace, &document) }
    }
    try expect(document.text, trace.end, "the replay")
    let encoded = document.encoded()
    let load = try self.load(encoded, trace.end)
    report.add(
      row("replay a recorded session as local edits", "ms", replay * 1e3, goal: goals.replay))
    report.add(
      row("replay a recorded session as local edits", "edits/s", Double(trace.edits.count) / replay)
    )
    report.add(
      row("load a full history into an empty document", "ms", load * 1e3, goal: goals.load))
    addSizes(encoded, document.byteCount, &report)
  }

  private func replay(_ trace: SequentialTrace, _ document: inout TextDocument) throws {
    try trace.content.withUnsafeBufferPointer { content in
      for edit in trace.edits {
        try document.edit(
          at: edit.position, deleting: edit.deleted,
          inserting: UnsafeBufferPointer(rebasing: content[edit.content]), by: 1)
      }
    }
  }

  private func load(_ encoded: [UInt8], _ end: String) throws -> Double {
    var document = TextDocument(limits: Self.limits)
    let load = try Stopwatch.least(of: runs) {
      try Stopwatch.seconds { document = try TextDocument(encoded: encoded, limits: Self.limits) }
    }
    try expect(document.text, end, "the loaded history")
    return load
  }

  private func addSizes(_ encoded: [UInt8], _ text: Int, _ report: inout Report) {
    report.add(row("full history", "bytes", Double(encoded.count)))
    report.add(row("full history, deflated", "bytes", Double(Self.deflated(encoded))))
    report.add(row("the text alone", "bytes", Double(text)))
  }

  /// Without the frame of gzip, which one message has once.
  private static func deflated(_ bytes: [UInt8]) -> Int {
    Gzip.compress(bytes, level: 9).count - 18
  }

  // MARK: Several authors at once

  private func measure(_ trace: ConcurrentTrace, _ report: inout Report) throws {
    var document = TextDocument(limits: Self.limits)
    let stream = try Stopwatch.least(of: max(1, runs / 3)) {
      document = TextDocument(limits: Self.limits)
      return try Stopwatch.seconds { for batch in trace.batches { try document.apply(batch) } }
    }
    try expect(document.text, trace.end, "the history, batch by batch,")
    let encoded = document.encoded()
    let merge = try self.load(encoded, trace.end)
    report.add(
      row("merge the whole history into an empty document", "ms", merge * 1e3, goal: goals.merge))
    report.add(row("merge its batches one by one", "ms", stream * 1e3))
    let sizes = trace.batches.map { TextBatchCodec.encode($0).count }
    report.add(
      row("one batch", "bytes", Double(sizes.reduce(0, +)) / Double(sizes.count)))
    addSizes(encoded, document.byteCount, &report)
  }

  // MARK: A fleet

  private func measure(_ trace: FleetTrace, _ report: inout Report) throws {
    let base = TextBase(text: trace.base, position: 1)
    var batches: [[TextBatch]] = []
    for (index, site) in trace.sites.enumerated() {
      var document = try TextDocument(base: base, limits: Self.limits)
      var own: [TextBatch] = []
      for session in site.sessions {
        let builder = TextBatchBuilder(session)
        let batch = builder.batch(
          site: UInt32(index + 1), sequence: document.nextSequence(of: UInt32(index + 1)),
          parents: .position(1))
        guard let batch else { continue }
        try document.apply(batch)
        own.append(batch)
      }
      try expect(document.text, site.end, "site \(index)")
      batches.append(own)
    }
    let all = batches.flatMap(\.self)
    var hub = try TextDocument(base: base, limits: Self.limits)
    let merge = try Stopwatch.least(of: runs) {
      hub = try TextDocument(base: base, limits: Self.limits)
      return try Stopwatch.seconds {
        for (index, batch) in all.enumerated() { try hub.apply(batch, at: UInt64(index + 2)) }
      }
    }
    var other = try TextDocument(base: base, limits: Self.limits)
    for batch in batches.reversed().flatMap(\.self) { try other.apply(batch) }
    try expect(other.text, hub.text, "another order of arrival")

    let encoded = all.map { TextBatchCodec.encode($0) }
    let count = Double(max(1, all.count))
    report.add(
      row(
        "one offline editing session on the wire", "bytes",
        Double(encoded.reduce(0) { $0 + min($1.count, Self.deflated($1)) }) / count,
        goal: goals.session))
    report.add(
      row(
        "one offline editing session, not compressed", "bytes",
        Double(encoded.reduce(0) { $0 + $1.count }) / count))
    let ups = batches.map { Self.deflated($0.flatMap { TextBatchCodec.encode($0) }) }
    report.add(
      row(
        "all sessions of a site in one message", "bytes",
        Double(ups.reduce(0, +)) / Double(max(1, ups.count))))
    report.add(row("merge all sessions of all sites", "ms", merge * 1e3))
    report.add(
      row("all sessions to one reader", "bytes", Double(Self.deflated(encoded.flatMap(\.self)))))
    addSizes(hub.encoded(), hub.byteCount, &report)
  }
}

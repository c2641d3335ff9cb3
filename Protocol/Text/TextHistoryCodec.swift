/// A whole text with its history as bytes, in columns. `TEXT.md` section 3 says what stands where.
extension TextDocument {
  static let formatVersion: UInt8 = 1

  public mutating func encoded() -> [UInt8] {
    openFrom = history.count
    var writer = ByteWriter(capacity: history.log.content.count + 4 * history.log.runs.count + 256)
    writer.byte(Self.formatVersion)
    encodeBase(&writer)
    encodeSites(&writer)
    encodeGraph(&writer)
    encodeMarks(&writer)
    encodeLog(&writer)
    return writer.bytes
  }

  private func encodeBase(_ writer: inout ByteWriter) {
    writer.text(base.text)
    writer.varint(base.position)
    Self.encode(base.version, &writer)
    Self.encode(
      base.nextSequences.sorted { $0.key < $1.key }.map {
        TextID(site: $0.key, sequence: $0.value)
      }, &writer)
  }

  private static func encode(_ ids: [TextID], _ writer: inout ByteWriter) {
    writer.varint(ids.count)
    for id in ids {
      writer.varint(id.site)
      writer.varint(id.sequence)
    }
  }

  private func encodeSites(_ writer: inout ByteWriter) {
    writer.varint(history.sites.sites.count)
    for site in history.sites.sites { writer.varint(site) }
    writer.varint(history.sites.runs.count)
    var next = [Int](repeating: 0, count: history.sites.sites.count)
    for run in history.sites.runs {
      let end = history.sites.end(ofRunAt: run.version)
      writer.varint(UInt64(run.site))
      writer.varint(Int(end - run.version))
      writer.zigzag(Int64(run.sequence - next[Int(run.site)]))
      next[Int(run.site)] = run.sequence + Int(end - run.version)
    }
  }

  private func encodeGraph(_ writer: inout ByteWriter) {
    writer.varint(history.graph.entries.count)
    for entry in history.graph.entries {
      let parents = history.graph.parents(entry)
      writer.varint(Int(entry.end - entry.start))
      writer.varint(parents.count)
      for parent in parents { writer.varint(Int(entry.start - parent)) }
    }
  }

  private func encodeMarks(_ writer: inout ByteWriter) {
    writer.varint(marks.count)
    var (position, version) = (base.position, 0)
    for mark in marks {
      let end = Int((mark.frontier.last ?? -1) + 1)
      writer.varint(mark.position - position)
      writer.varint(end - version)
      (position, version) = (mark.position, end)
    }
  }

  private func encodeLog(_ writer: inout ByteWriter) {
    if holes.isEmpty { writer.varint(0) } else { TextHoles.encode(holes, into: &writer) }
    writer.varint(history.log.runs.count)
    for run in history.log.runs {
      writer.varint(UInt64(run.count) << 1 | (run.isInsertion ? 0 : 1))
    }
    var end: Int32 = 0
    for run in history.log.runs {
      writer.zigzag(Int64(run.position - end))
      end = run.isInsertion ? run.position + run.count : run.position
    }
    writer.block(TextHoles.removed(holes, from: history.log.content))
  }
}

extension TextDocument {
  /// The text that these bytes hold, its history carried out from the start.
  public init(encoded bytes: [UInt8], limits: TextLimits = .standard) throws(DecodeError) {
    var reader = TextHistoryReader(limits)
    try bytes.decode { (bytes) throws(DecodeError) in try reader.read(&bytes) }
    do {
      try self.init(base: reader.base, limits: limits)
      history = reader.history
      holes = reader.holes
      marks = reader.marks()
      try replay()
    } catch {
      throw .invalid(what: "text history: \(error)", offset: bytes.count)
    }
  }
}

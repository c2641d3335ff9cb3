/// All that is kept of how a text came about: which step builds on which, who made it, what it did.
struct TextHistory: Sendable {
  var graph = TextGraph()
  var sites = TextSites()
  var log = TextLog()

  var count: Int32 { log.count }

  /// Adds a batch whose parents are these versions. It must have been checked.
  mutating func append(_ batch: TextBatch, parents: [Int32]) {
    let steps = batch.stepCount
    let entries = graph.entries.count
    graph.append(steps: steps, parents: parents)
    sites.append(site: batch.site, sequence: batch.sequence, steps: steps)
    // A run never reaches from one entry into the next, so that each is merged in one go.
    var continues = graph.entries.count == entries
    batch.content.withUnsafeBufferPointer { content in
      var offset = 0
      for run in batch.runs {
        var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        if run.kind == .insertion, let base = content.baseAddress {
          let bytes = UTF8Scalars.offset(
            base + offset, content.count - offset, scalars: run.count)
          text = UnsafeBufferPointer(start: base + offset, count: bytes)
          offset += bytes
        }
        if continues {
          log.extend(run, text, backwards: false)
        } else {
          log.append(run, text)
          continues = true
        }
      }
    }
  }
}

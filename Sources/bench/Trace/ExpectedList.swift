import Protocol

/// What the list must be after several devices carried out a trace, worked out from nothing but who
/// had seen which changesets: no stamps, no positions, no cursors.
///
/// A field shows its last change in the trace's order, which is the order of the devices' clocks. A
/// record goes where its deletion had seen all that was written to it, and stays otherwise.
struct ExpectedList {
  struct Entry {
    /// What shows. Nothing of it is null.
    var fields: [Tag: Value] = [:]
    /// Of each field the changes that no other change of it had seen.
    fileprivate var heads: [Tag: [Head]] = [:]
    /// Of each device the last of its changesets that wrote here; 0 for none.
    fileprivate var written: [Int]
    /// A deletion had not seen everything: the record stays.
    fileprivate(set) var isKept = false

    /// The fields that several people changed to different values, unseen by each other.
    var disputed: [Tag] {
      heads.filter { _, heads in heads.contains { $0.value != heads[0].value } }.map(\.key)
    }
  }

  fileprivate struct Head {
    let device: Int
    let number: Int
    let value: Value
  }

  /// By the trace's names.
  private(set) var entries: [String: Entry] = [:]
  /// `seen[a][b]`: how many of b's changesets a's screen had shown.
  private var seen: [[Int]]
  /// How many changesets of each device the server has.
  private var uploaded: [Int]

  init(devices: Int) {
    seen = Array(repeating: Array(repeating: 0, count: devices), count: devices)
    uploaded = Array(repeating: 0, count: devices)
  }

  /// A device saved a changeset.
  mutating func apply(_ edits: [EditTrace.Edit], by device: Int) {
    seen[device][device] += 1
    for edit in edits {
      switch edit {
      case .add(let name, let writes):
        var entry = Entry(written: Array(repeating: 0, count: seen.count))
        entry.written[device] = seen[device][device]
        for (tag, value) in writes { write(tag, value, &entry, by: device) }
        entries[name] = entry
      case .set(let name, let tag, let value):
        write(tag, value, &entries[name, default: Entry(written: [])], by: device)
      case .delete(let name):
        guard let entry = entries[name] else { continue }
        let sawAll = zip(entry.written, seen[device]).allSatisfy { $0 <= $1 }
        if sawAll { entries[name] = nil } else { entries[name]?.isKept = true }
      }
    }
  }

  private func write(_ tag: Tag, _ value: Value, _ entry: inout Entry, by device: Int) {
    let number = seen[device][device]
    entry.fields[tag] = value.isNull ? nil : value
    entry.heads[tag, default: []].removeAll { $0.number <= seen[device][$0.device] }
    entry.heads[tag, default: []].append(Head(device: device, number: number, value: value))
    entry.written[device] = number
  }

  /// A device synced to the end: it gave what it had and has what everybody gave.
  mutating func sync(_ device: Int) {
    uploaded[device] = seen[device][device]
    seen[device] = uploaded
  }
}

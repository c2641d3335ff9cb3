/// Which item holds a scalar, by the id of the scalar: items sorted by the id of their first.
///
/// Ids mostly come in ascending order and go to the end; cutting an item in two adds one in between.
/// So the list is one of chunks, and an addition moves at most a chunk.
struct TextIndex: ~Copyable {
  struct Entry {
    var id: Int32
    var item: Int32
  }
  struct Chunk {
    var first: Int32
    var count: Int32
    /// Where its entries are in the pool of entries, in chunks.
    var block: Int32
  }

  private static let capacity = 64
  private var chunks = Pool<Chunk>()
  private var entries = Pool<Entry>()

  mutating func removeAll() {
    chunks.removeAll()
    entries.removeAll()
  }

  /// The item that begins at or last before `id`; there must be one.
  @inline(__always)
  func item(holding id: Int32) -> Int32 {
    let chunk = chunks[chunkIndex(id)]
    return entries[entryIndex(id, chunk)].item
  }

  @inline(__always)
  mutating func insert(id: Int32, item: Int32) {
    if chunks.count > 0 {
      let last = chunks[chunks.count - 1]
      let end = Int(last.block) * Self.capacity + Int(last.count)
      if last.count < Self.capacity, entries[end - 1].id < id {
        entries[end] = Entry(id: id, item: item)
        chunks[chunks.count - 1].count += 1
        return
      }
    }
    insertBetween(id: id, item: item)
  }

  private mutating func insertBetween(id: Int32, item: Int32) {
    guard chunks.count > 0 else { return addChunk(Entry(id: id, item: item)) }
    var index = chunkIndex(id)
    if chunks[index].count == Self.capacity {
      let last = chunks[index]
      if index == chunks.count - 1, entries[Int(last.block + 1) * Self.capacity - 1].id < id {
        return addChunk(Entry(id: id, item: item))
      }
      splitChunk(index)
      if chunks[index + 1].first <= id { index += 1 }
    }
    let start = Int(chunks[index].block) * Self.capacity
    let end = start + Int(chunks[index].count)
    let place = chunks[index].first > id ? start : entryIndex(id, chunks[index]) + 1
    chunks[index].count += 1
    entries.move(place, to: place + 1, end - place)
    entries[place] = Entry(id: id, item: item)
    chunks[index].first = entries[start].id
  }

  private mutating func addChunk(_ entry: Entry) {
    let block = Int32(entries.count / Self.capacity)
    entries.grow(by: Self.capacity)
    entries[Int(block) * Self.capacity] = entry
    chunks.append(Chunk(first: entry.id, count: 1, block: block))
  }

  private mutating func splitChunk(_ index: Int) {
    let half = Self.capacity / 2
    let block = entries.count / Self.capacity
    entries.grow(by: Self.capacity)
    let source = Int(chunks[index].block) * Self.capacity + half
    entries.move(source, to: block * Self.capacity, Self.capacity - half)
    chunks.grow(by: 1)
    chunks.move(index + 1, to: index + 2, chunks.count - index - 2)
    chunks[index].count = Int32(half)
    chunks[index + 1] = Chunk(
      first: entries[block * Self.capacity].id, count: Int32(Self.capacity - half),
      block: Int32(block))
  }

  /// The last chunk that begins at or before `id`, or the first one.
  @inline(__always)
  private func chunkIndex(_ id: Int32) -> Int {
    var low = 0
    var high = chunks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if chunks[middle].first <= id { low = middle } else { high = middle }
    }
    return low
  }

  @inline(__always)
  private func entryIndex(_ id: Int32, _ chunk: Chunk) -> Int {
    let start = Int(chunk.block) * Self.capacity
    var low = start
    var high = start + Int(chunk.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if entries[middle].id <= id { low = middle } else { high = middle }
    }
    return low
  }
}

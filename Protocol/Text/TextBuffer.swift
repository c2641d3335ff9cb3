/// A plain text that is edited by scalar positions: UTF-8 with a gap where the last edit was.
///
/// ```
/// storage   | left ......... |  gap  | right ........ |
///                            ^leftEnd ^rightStart
/// ```
///
/// Typing costs no more than copying what is typed; a jump moves the bytes between two edits. To find
/// a position in text that is not all ASCII, both sides keep the count of scalars of every 1,024
/// bytes: the left side from its beginning, the right side from its end. Both lists change only at
/// the gap, so each is a stack, and a search looks at one list entry and at most 1,024 bytes.
///
/// Invariants: both sides are valid UTF-8 of whole scalars; `leftScalars` and `rightScalars` count
/// them; entry k of a side's marks counts the scalars that begin in its first (right: last)
/// 1,024 x (k + 1) bytes, for as many whole multiples as the side has.
public struct TextBuffer: Sendable {
  private var storage: [UInt8]
  private var leftEnd = 0
  private var rightStart: Int
  private var leftScalars = 0
  private var rightScalars: Int
  private var leftMarks: [Int32] = []
  private var rightMarks: [Int32] = []

  private static let markShift = 10
  private static let smallestGap = 256

  public init(_ text: String = "") {
    var copy = text
    self.init(utf8: copy.withUTF8 { [UInt8]($0) })
  }

  /// - Parameter bytes: valid UTF-8.
  init(utf8 bytes: [UInt8]) {
    storage = bytes
    rightStart = 0
    rightScalars = bytes.withUnsafeBufferPointer {
      $0.baseAddress.map { UTF8Scalars.count($0, bytes.count) } ?? 0
    }
    extendRightMarks()
  }

  /// How many scalars the text has.
  public var count: Int { leftScalars + rightScalars }
  public var byteCount: Int { leftEnd + storage.count - rightStart }

  public var text: String {
    String(unsafeUninitializedCapacity: byteCount) { output in
      copy(into: output.baseAddress)
      return byteCount
    }
  }

  var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
      copy(into: output.baseAddress)
      count = byteCount
    }
  }

  /// The scalars from `start` up to, not including, `end`.
  public func text(from start: Int, to end: Int) -> String {
    precondition(start >= 0 && start <= end && end <= count, "a range within the text")
    let first = byteOffset(start)
    let last = byteOffset(end)
    return storage.withUnsafeBufferPointer { storage in
      String(decoding: storage[min(first, leftEnd)..<min(last, leftEnd)], as: UTF8.self)
        + String(
          decoding: storage[
            max(first, leftEnd) + gap..<max(last, leftEnd) + gap], as: UTF8.self)
    }
  }

  public mutating func replace(at position: Int, deleting deleted: Int, with inserted: String) {
    var copy = inserted
    copy.withUTF8 { replace(at: position, deleting: deleted, with: $0, scalars: nil) }
  }

  /// Deletes `deleted` scalars from `position` on, then inserts there.
  ///
  /// - Parameters:
  ///   - inserted: valid UTF-8.
  ///   - scalars: how many scalars `inserted` has, where the caller knows.
  @inline(__always)
  mutating func replace(
    at position: Int, deleting deleted: Int, with inserted: UnsafeBufferPointer<UInt8>,
    scalars: Int?
  ) {
    precondition(
      position >= 0 && deleted >= 0 && position <= count - deleted, "an edit within the text")
    if position != leftScalars {
      // Text before the gap that is to go is taken from its end, without moving what follows.
      if deleted > 0 && position + deleted == leftScalars {
        dropLeft(to: position)
      } else {
        moveGap(to: position)
        if deleted > 0 { dropRight(deleted) }
      }
    } else if deleted > 0 {
      dropRight(deleted)
    }
    if let start = inserted.baseAddress, !inserted.isEmpty {
      append(start, inserted.count, scalars ?? UTF8Scalars.count(start, inserted.count))
    }
  }

  // MARK: The gap

  private var gap: Int { rightStart - leftEnd }

  @inline(__always)
  private mutating func append(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ scalars: Int) {
    if gap < count { grow(count) }
    if count == 1 {
      storage[leftEnd] = bytes[0]
    } else {
      copy(bytes, count)
    }
    leftEnd += count
    leftScalars += scalars
    if leftEnd >> Self.markShift != leftMarks.count { extendLeftMarks() }
  }

  private mutating func copy(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    let target = leftEnd
    storage.withUnsafeMutableBufferPointer { storage in
      // The gap has room, so the storage is not empty.
      (storage.baseAddress! + target).update(from: bytes, count: count)
    }
  }

  private mutating func grow(_ needed: Int) {
    let right = storage.count - rightStart
    let capacity = leftEnd + right + max(needed + Self.smallestGap, (leftEnd + right) / 2)
    let larger = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      storage.withUnsafeBufferPointer { storage in
        guard let from = storage.baseAddress, let to = output.baseAddress else { return }
        to.initialize(from: from, count: leftEnd)
        (to + leftEnd).initialize(repeating: 0, count: capacity - leftEnd - right)
        (to + capacity - right).initialize(from: from + rightStart, count: right)
      }
      if storage.isEmpty { output.initialize(repeating: 0) }
      count = capacity
    }
    rightStart = capacity - right
    storage = larger
  }

  private mutating func dropLeft(to position: Int) {
    leftEnd = byteOffset(position)
    leftScalars = position
    dropLeftMarks()
  }

  private mutating func dropRight(_ deleted: Int) {
    rightStart = byteOffset(leftScalars + deleted) + gap
    rightScalars -= deleted
    dropRightMarks()
  }

  private mutating func moveGap(to position: Int) {
    let target = byteOffset(position)
    let moved = target - leftEnd
    let count = abs(moved)
    let (gapStart, gapEnd) = (leftEnd, rightStart)
    storage.withUnsafeMutableBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      if moved < 0 {
        (base + gapEnd - count).update(from: base + target, count: count)
      } else {
        (base + gapStart).update(from: base + gapEnd, count: count)
      }
    }
    rightStart += moved
    leftEnd = target
    rightScalars += leftScalars - position
    leftScalars = position
    if moved < 0 {
      dropLeftMarks()
      extendRightMarks()
    } else {
      dropRightMarks()
      extendLeftMarks()
    }
  }

  private func copy(into output: UnsafeMutablePointer<UInt8>?) {
    storage.withUnsafeBufferPointer { storage in
      guard let output, let base = storage.baseAddress else { return }
      output.initialize(from: base, count: leftEnd)
      (output + leftEnd).initialize(from: base + rightStart, count: storage.count - rightStart)
    }
  }

  // MARK: Marks

  private mutating func dropLeftMarks() {
    let kept = leftEnd >> Self.markShift
    if leftMarks.count > kept { leftMarks.removeLast(leftMarks.count - kept) }
  }

  private mutating func dropRightMarks() {
    let kept = (storage.count - rightStart) >> Self.markShift
    if rightMarks.count > kept { rightMarks.removeLast(rightMarks.count - kept) }
  }

  private mutating func extendLeftMarks() {
    let wanted = leftEnd >> Self.markShift
    // Where every byte is a scalar there is nothing to count.
    let isASCII = leftEnd == leftScalars
    storage.withUnsafeBufferPointer { storage in
      while leftMarks.count < wanted {
        let start = leftMarks.count << Self.markShift
        // There is a whole block before the gap, so the storage is not empty.
        let scalars =
          isASCII
          ? 1 << Self.markShift
          : UTF8Scalars.count(storage.baseAddress! + start, 1 << Self.markShift)
        leftMarks.append((leftMarks.last ?? 0) + Int32(scalars))
      }
    }
  }

  private mutating func extendRightMarks() {
    let wanted = (storage.count - rightStart) >> Self.markShift
    let isASCII = storage.count - rightStart == rightScalars
    storage.withUnsafeBufferPointer { storage in
      while rightMarks.count < wanted {
        let start = storage.count - (rightMarks.count + 1) << Self.markShift
        // There is a whole block after the gap, so the storage is not empty.
        let scalars =
          isASCII
          ? 1 << Self.markShift
          : UTF8Scalars.count(storage.baseAddress! + start, 1 << Self.markShift)
        rightMarks.append((rightMarks.last ?? 0) + Int32(scalars))
      }
    }
  }

  // MARK: Positions

  /// Where the scalar at `position` begins, as if there were no gap.
  @inline(__always)
  private func byteOffset(_ position: Int) -> Int {
    if position <= leftScalars {
      if leftEnd == leftScalars { return position }
      return leftOffset(position)
    }
    let fromEnd = count - position
    let right = storage.count - rightStart
    if right == rightScalars { return leftEnd + right - fromEnd }
    return leftEnd + rightOffset(fromEnd)
  }

  private func leftOffset(_ position: Int) -> Int {
    if position == leftScalars { return leftEnd }
    // The last block that begins at or before the scalar, by the scalars that begin before it.
    var low = 0
    var high = leftMarks.count
    while low < high {
      let middle = (low + high) / 2
      if Int(leftMarks[middle]) <= position { low = middle + 1 } else { high = middle }
    }
    let start = low << Self.markShift
    let before = low == 0 ? 0 : Int(leftMarks[low - 1])
    return storage.withUnsafeBufferPointer {
      // The left side is not all ASCII, so the storage is not empty.
      start
        + UTF8Scalars.offset($0.baseAddress! + start, leftEnd - start, scalars: position - before)
    }
  }

  /// Where the scalar with `fromEnd` scalars from it to the end begins, from the gap.
  private func rightOffset(_ fromEnd: Int) -> Int {
    let right = storage.count - rightStart
    if fromEnd == 0 { return right }
    if fromEnd == rightScalars { return 0 }
    // The last block, counted from the end, before which fewer than `fromEnd` scalars begin.
    var low = 0
    var high = rightMarks.count
    while low < high {
      let middle = (low + high) / 2
      if Int(rightMarks[middle]) < fromEnd { low = middle + 1 } else { high = middle }
    }
    // The scalar begins in the block that ends `low` blocks from the end.
    let blockEnd = right - low << Self.markShift
    let blockStart = max(0, blockEnd - 1 << Self.markShift)
    let after = low == 0 ? 0 : Int(rightMarks[low - 1])
    return storage.withUnsafeBufferPointer { storage in
      // The right side is not all ASCII, so the storage is not empty.
      let base = storage.baseAddress! + rightStart + blockStart
      let inBlock = UTF8Scalars.count(base, blockEnd - blockStart)
      return blockStart
        + UTF8Scalars.offset(base, blockEnd - blockStart, scalars: inBlock - (fromEnd - after))
    }
  }
}

extension TextBuffer {
  /// Throws nothing and returns the rule that is broken, if one is.
  func brokenInvariant() -> String? {
    let left = Array(storage[..<leftEnd])
    let right = Array(storage[rightStart...])
    for (side, scalars, marks, isLeft) in [
      (left, leftScalars, leftMarks, true), (right, rightScalars, rightMarks, false),
    ] {
      guard let text = String(validating: side, as: UTF8.self) else { return "a side is not UTF-8" }
      guard text.unicodeScalars.count == scalars else { return "a side's scalars are miscounted" }
      guard marks.count == side.count >> Self.markShift else { return "a side's marks are missing" }
      for (index, mark) in marks.enumerated() {
        let bytes = (index + 1) << Self.markShift
        let part = isLeft ? side.prefix(bytes) : side.suffix(bytes)
        guard part.count(where: { $0 & 0xC0 != 0x80 }) == mark else { return "a mark is wrong" }
      }
    }
    return nil
  }
}

extension TextBuffer {
  /// What is wrong with the buffer, in sentences.
  func problems() -> [String] {
    let left = Array(storage[..<leftEnd])
    let right = Array(storage[rightStart...])
    func scalars(_ bytes: some Sequence<UInt8>) -> Int {
      bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
    var problems: [String] = []
    for side in [left, right] where String(validating: side, as: UTF8.self) == nil {
      problems.append("both sides of the gap are whole scalars")
    }
    if scalars(left) != leftScalars || scalars(right) != rightScalars {
      problems.append("both sides know how many scalars they have")
    }
    let block = 1 << Self.markShift
    let leftBlocks = (0..<left.count / block).map { scalars(left[..<(block * ($0 + 1))]) }
    let rightBlocks = (0..<right.count / block).map { scalars(right.suffix(block * ($0 + 1))) }
    if leftBlocks != leftMarks.map(Int.init) || rightBlocks != rightMarks.map(Int.init) {
      problems.append("marks count the scalars up to every block")
    }
    return problems
  }
}

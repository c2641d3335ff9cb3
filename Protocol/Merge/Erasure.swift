/// A text whose past is taken away for good (SPEC.md, erasure).
///
/// What was written stands blank then wherever it is kept: as many scalars as before, so that all that
/// counts over them still means the same, and no byte of what they were.
public struct Erasure: Sendable, Hashable {
  public let entity: Tag
  public let row: RowID
  public let tag: Tag

  public init(entity: Tag, row: RowID, tag: Tag) {
    self.entity = entity
    self.row = row
    self.tag = tag
  }

  /// - Returns: nil where the operation takes nobody's past away.
  public init?(_ operation: Operation) {
    guard operation.kind == .erase else { return nil }
    self.init(entity: operation.entity, row: operation.row, tag: operation.tags[0])
  }

  /// Stands for each scalar but the ends of lines.
  static let blank: Unicode.Scalar = "_"

  static func blanked(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(scalar == "\n" ? scalar : blank) }
    return String(result)
  }

  /// A text in which blanks may stand for what its past held, with what it is known to have shown in
  /// their place: a server that was put back has carried the edits out without their words, and perhaps
  /// others since.
  public static func filled(_ text: String, from shown: String) -> String {
    var mine = Array(text.unicodeScalars)
    let theirs = Array(shown.unicodeScalars)
    guard mine.contains(blank) else { return text }
    func fits(_ a: Int, _ b: Int) -> Bool { mine[a] == theirs[b] || mine[a] == blank }
    var start = 0
    let shorter = min(mine.count, theirs.count)
    while start < shorter, fits(start, start) { start += 1 }
    var end = 0
    while end < shorter - start, fits(mine.count - 1 - end, theirs.count - 1 - end) { end += 1 }
    for index in 0..<start where mine[index] == blank { mine[index] = theirs[index] }
    for offset in 1..<(end + 1) where mine[mine.count - offset] == blank {
      mine[mine.count - offset] = theirs[theirs.count - offset]
    }
    let middle = (start..<mine.count - end, start..<theirs.count - end)
    if middle.0.count * middle.1.count <= mostComparisons {
      for (a, b) in aligned(middle.0, middle.1, fits) where mine[a] == blank { mine[a] = theirs[b] }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: mine)
    return String(result)
  }

  private static let mostComparisons = 4_000_000

  /// The longest common subsequence.
  private static func aligned(
    _ a: Range<Int>, _ b: Range<Int>, _ fits: (Int, Int) -> Bool
  ) -> [(Int, Int)] {
    let width = b.count + 1
    var lengths = [Int32](repeating: 0, count: (a.count + 1) * width)
    for i in stride(from: a.count - 1, through: 0, by: -1) {
      for j in stride(from: b.count - 1, through: 0, by: -1) {
        lengths[i * width + j] =
          fits(a.lowerBound + i, b.lowerBound + j)
          ? lengths[(i + 1) * width + j + 1] + 1
          : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
      }
    }
    var pairs: [(Int, Int)] = []
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if fits(a.lowerBound + i, b.lowerBound + j) {
        pairs.append((a.lowerBound + i, b.lowerBound + j))
        (i, j) = (i + 1, j + 1)
      } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return pairs
  }

  static func blanked(_ value: Value) -> Value {
    value.textValue.map { .text(blanked($0)) } ?? value
  }

  /// The operation without what it wrote to the text; nil where it wrote nothing to it.
  public func blanked(_ operation: Operation) throws(DecodeError) -> Operation? {
    guard operation.entity == entity, operation.row == row else { return nil }
    if operation.kind == .image {
      guard case .bytes(let bytes) = operation.values[0],
        let image = blanked(try RowImage(encoded: bytes))
      else { return nil }
      return operation.replacing(0, by: .bytes(image.encoded))
    }
    guard let slot = operation.tags.firstIndex(of: tag) else { return nil }
    let written: Value
    switch operation.kind {
    case .create, .write, .erase: written = Self.blanked(operation.values[slot])
    case .edit:
      guard case .bytes(let bytes) = operation.values[1] else { return nil }
      return operation.replacing(1, by: .bytes(try TextChange(encoded: bytes).blanked.encoded))
    default: return nil
    }
    return operation.replacing(slot, by: written)
  }

  /// A row without what its text held; nil where it has no such text.
  public func blanked(_ image: RowImage) -> RowImage? {
    guard let cell = image.cells.firstIndex(where: { $0.tag == tag }) else { return nil }
    var copy = image
    for entry in copy.cells[cell].entries.indices {
      for head in copy.cells[cell].entries[entry].heads.indices {
        let value = copy.cells[cell].entries[entry].heads[head].value
        copy.cells[cell].entries[entry].heads[head].value = Self.blanked(value)
      }
    }
    return copy
  }

  /// What became of an edit of the text, where that says the text.
  public static func blanked(_ results: [CellResult]) -> [CellResult] {
    results.map { result in
      guard case .heads(let heads) = result else { return result }
      return .heads(
        heads.map { HeadReference(reference: $0.reference, value: blanked($0.value)) })
    }
  }
}

extension Operation {
  fileprivate func replacing(_ slot: Int, by value: Value) -> Operation {
    var values = values
    values[slot] = value
    return Operation(kind, entity: entity, row: row, tags: tags, values: values)
  }

  /// Whether both are one operation, of which one of the two may have been taken the texts of since.
  public func isSame(as other: Operation) -> Bool {
    if self == other { return true }
    guard kind == other.kind, entity == other.entity, row == other.row, tags == other.tags else {
      return false
    }
    for tag in tags {
      let erasure = Erasure(entity: entity, row: row, tag: tag)
      // What cannot be read is not the same.
      guard let mine = try? erasure.blanked(self), let theirs = try? erasure.blanked(other) else {
        continue
      }
      if mine == other || theirs == self { return true }
    }
    return false
  }
}

extension TextChange {
  /// The same change of as many scalars, without what they were.
  var blanked: TextChange {
    let text = Erasure.blanked(String(decoding: content, as: UTF8.self))
    return TextChange(runs: runs, content: Array(text.utf8))
  }

  /// The same change of as many scalars, of which only those are left that stand in the text.
  ///
  /// - Parameter shown: what stands there of the step with this number; nil for nothing.
  public func blanked(but shown: (Int) -> Unicode.Scalar?) -> TextChange {
    let scalars = String(decoding: content, as: UTF8.self).unicodeScalars
    var kept = String.UnicodeScalarView()
    var next = scalars.startIndex
    var step = 0
    for run in runs {
      for _ in 0..<run.count {
        if run.kind == .insertion {
          kept.append(shown(step) ?? (scalars[next] == "\n" ? "\n" : Erasure.blank))
          next = scalars.index(after: next)
        }
        step += 1
      }
    }
    return TextChange(runs: runs, content: Array(String(kept).utf8))
  }
}

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
    case .create, .write: written = Self.blanked(operation.values[slot])
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

  /// The same change, of which only the scalars that stand in the text are left.
  ///
  /// - Parameter isShown: whether the step with this number of the change is in the text.
  public func blanked(but isShown: (Int) -> Bool) -> TextChange {
    let scalars = String(decoding: content, as: UTF8.self).unicodeScalars
    var kept = String.UnicodeScalarView()
    var next = scalars.startIndex
    var step = 0
    for run in runs {
      for _ in 0..<run.count {
        if run.kind == .insertion {
          let scalar = scalars[next]
          kept.append(isShown(step) || scalar == "\n" ? scalar : Erasure.blank)
          next = scalars.index(after: next)
        }
        step += 1
      }
    }
    return TextChange(runs: runs, content: Array(String(kept).utf8))
  }
}

/// Why a batch, an erasure or a cut was not carried out. Nothing was changed.
public enum TextError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A step that the batch builds on has not arrived: apply what is missing first.
  case unknownParent(TextID)
  /// The batch builds on a state from before the history's start: take the text from a replica that
  /// keeps all of it.
  case beforeHistory
  /// The batch was written as if the text were longer than it was: its author's program is wrong.
  case outsideText(position: Int, length: Int)
  /// Some steps of the batch are there already and others are not: two authors share one site.
  case overlap(TextID)
  /// More than the bound allows: write less at once, or start a new text.
  case tooLarge(what: String, limit: Int)
  /// The batch breaks a rule of its form: its author's program is wrong.
  case malformed(String)
  /// The step does not build on all of the version at which the history was to be cut: cut at an
  /// earlier one.
  case unaware(TextID)
  /// No step of that name is there.
  case unknownSpan(TextID)

  public var description: String {
    switch self {
    case .unknownParent(let id): "The edit builds on \(id), which has not arrived: sync first."
    case .beforeHistory:
      "The edit builds on a state that this replica has forgotten: take the text from the server."
    case .outsideText(let position, let length):
      "The edit is at \(position) of a text of \(length) characters: the other program is wrong."
    case .overlap(let id): "Other steps are there under \(id): the site exists twice."
    case .tooLarge(let what, let limit): "More than \(limit) of \(what): write less, or a new text."
    case .malformed(let rule): "The edit is malformed (\(rule)): the other program is wrong."
    case .unaware(let id):
      "The edit \(id) was made without all of that version: cut the history at an earlier one."
    case .unknownSpan(let id): "There is no \(id) in this text: nothing was erased."
    }
  }
}

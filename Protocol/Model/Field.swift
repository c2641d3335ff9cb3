/// A named value of a record with its type and the rule by which concurrent writes of it merge.
public struct Field: Sendable {
  /// The tag that stands for the life of a row itself, where its deletions have their heads.
  public static let lifeTag: Tag = 0

  public let tag: Tag
  public let name: String
  /// Names that the field had before: files and people may still use them.
  public let aliases: [String]
  public let type: ValueType
  public let kind: MergeKind
  public let label: Label
  public let help: Label?
  public let isRequired: Bool
  /// Put in when a record is made without this field; and what shows of a required register that was
  /// never written, as in records from before the field was declared.
  public let defaultValue: Value?
  public let isSearched: Bool
  public let personal: PersonalData?
  /// What the field tells of a record's making; the program fills it in, and the server holds it
  /// against the transaction.
  public let authorship: Authorship?

  public init(
    _ tag: Tag, _ name: String, _ type: ValueType, _ kind: MergeKind, nl: String, en: String,
    help: Label? = nil, required: Bool = false, default defaultValue: Value? = nil,
    searched: Bool = false, personal: PersonalData? = nil,
    authorship: Authorship? = nil, aliases: [String] = []
  ) {
    self.tag = tag
    self.name = name
    self.aliases = aliases
    self.type = type
    self.kind = kind
    label = Label(nl: nl, en: en)
    self.help = help
    isRequired = required
    self.defaultValue = defaultValue
    isSearched = searched
    self.personal = personal
    self.authorship = authorship
  }

  /// The names of the SQLite columns that hold this field: one, or one a sub-value for a group.
  public var columns: [String] { columns(of: name) }

  /// The same under another of its names.
  public func columns(of name: String) -> [String] {
    if case .group(let parts) = type { return parts.map { "\(name)_\($0.name)" } }
    return [name]
  }

  /// What shows where the field was never written; nil where that is nothing.
  public var shownDefault: Value? {
    guard isRequired, let defaultValue, !defaultValue.isNull, kind.isRegister else { return nil }
    return defaultValue
  }
}

/// How close a field is to a person (DOMAIN 2.3): what sealing and erasure will reach.
public enum PersonalData: UInt8, Sendable {
  /// Identifies a person directly.
  case identifying = 1
  /// Is linked to a person.
  case linked = 2
  /// May touch health or belief.
  case sensitive = 3
}

/// What a field tells of a record's making.
public enum Authorship: Sendable, Hashable {
  /// The person who made it: the user of the transaction, never another.
  case person
  /// When, ms: not after the author's own stamp.
  case time
}

/// The rule by which concurrent writes of one field merge (DESIGN 4).
public indirect enum MergeKind: Sendable, Hashable {
  /// The first by (HLC, site) stays; later writes are ignored.
  case once
  /// The last by (HLC, site) shows. With `asks`, concurrent losers become a conflict entry.
  case register(asks: Bool)
  /// The highest in the ranking shows; a write that saw it may lower it.
  case ranked(Ranking)
  /// The furthest along the forward moves; where concurrent heads do not lie on one path of them, a
  /// person is asked.
  case stage(StageMoves)
  /// Add-wins, observed-remove, per element.
  case set(growOnly: Bool)
  /// A sum of differences.
  case counter(growOnly: Bool)
  /// Each key by its own kind: once, a register that does not ask, ranked, or a counter.
  case map(of: MergeKind)
  /// A sequence of characters; until texts merge, an asking register.
  case text
  /// Computed from elsewhere, never stored, never written.
  case derived
}

extension MergeKind {
  /// Whether a field holds one value, written whole.
  var isRegister: Bool {
    switch self {
    case .once, .register, .ranked, .stage: true
    case .set, .counter, .map, .text, .derived: false
    }
  }

  /// Whether the keys of a map can be of this kind: a conflict entry names a cell, not a key of one.
  public var isForKeys: Bool {
    switch self {
    case .once, .register(asks: false), .ranked, .counter: true
    case .register(asks: true), .stage, .set, .map, .text, .derived: false
    }
  }
}

/// An order in which one of several concurrent values is the greatest.
public enum Ranking: Sendable, Hashable {
  /// The order of the value list: the last entry is the greatest.
  case listOrder
  /// The greatest number; never goes back, also causally.
  case maximum
  /// The least number; never goes back, also causally.
  case minimum
  case trueWins
  case falseWins
  /// Done with its remark, as one group (done, by, at, remark): an untick with a remark wins, then a
  /// tick, then an untick without.
  case done
}

/// The moves between the codes of a stage.
public struct StageMoves: Sendable, Hashable {
  public struct Move: Sendable, Hashable {
    public let from: String
    public let to: String
    public init(_ from: String, _ to: String) {
      self.from = from
      self.to = to
    }
  }
  /// Every move a person may make.
  public let allowed: [Move]
  /// The moves that decide a merge.
  public let forward: [Move]
  public init(allowed: [Move], forward: [Move]) {
    self.allowed = allowed
    self.forward = forward
  }

  /// Whether the first code can be reached from the second by forward moves alone. A stage that is
  /// empty or not known is ahead of nothing; one that is empty is behind all others.
  public func isAhead(_ value: Value, of other: Value) -> Bool {
    guard let code = value.textValue else { return false }
    guard let start = other.textValue else { return other.isNull }
    var reached: Set<String> = [start]
    var queue = [start]
    while let next = queue.popLast() {
      for move in forward where move.from == next && reached.insert(move.to).inserted {
        if move.to == code { return true }
        queue.append(move.to)
      }
    }
    return false
  }

  /// Whether no code can reach itself along forward moves (Kahn's algorithm).
  public var isAcyclic: Bool {
    var remaining = Set(forward.flatMap { [$0.from, $0.to] })
    var moves = forward
    while !remaining.isEmpty {
      let targets = Set(moves.map(\.to))
      let sources = remaining.subtracting(targets)
      if sources.isEmpty { return false }
      remaining.subtract(sources)
      moves.removeAll { sources.contains($0.from) }
    }
    return true
  }
}

import Protocol

/// The words in which the declaration is written: a field is one line of tag, name, type, label in
/// Dutch, label in English; the function says how concurrent writes of it merge.
extension Field {
  /// Written when the record is made, never again.
  static func once(
    _ tag: Tag, _ name: String, _ type: ValueType, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, type, .once, nl: nl, en: en)
  }

  /// The last writer shows; losers are history.
  static func quiet(
    _ tag: Tag, _ name: String, _ type: ValueType, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, type, .register(asks: false), nl: nl, en: en)
  }

  /// The last writer shows; losers become a conflict entry for a person to settle.
  static func asking(
    _ tag: Tag, _ name: String, _ type: ValueType, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, type, .register(asks: true), nl: nl, en: en)
  }

  static func ranked(
    _ tag: Tag, _ name: String, _ type: ValueType, by ranking: Ranking, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, type, .ranked(ranking), nl: nl, en: en)
  }

  static func stage(
    _ tag: Tag, _ name: String, _ list: String, _ moves: StageMoves, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, .enumeration(list), .stage(moves), nl: nl, en: en)
  }

  /// Each element comes and goes by itself.
  static func set(
    _ tag: Tag, _ name: String, of element: ValueType, growOnly: Bool = false, _ nl: String,
    _ en: String
  ) -> Field {
    Field(tag, name, .set(of: element), .set(growOnly: growOnly), nl: nl, en: en)
  }

  static func counter(
    _ tag: Tag, _ name: String, growOnly: Bool = false, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, .counter, .counter(growOnly: growOnly), nl: nl, en: en)
  }

  /// Each key is a quiet register, or a counter where the values are counted.
  static func map(
    _ tag: Tag, _ name: String, by key: ValueType, of value: ValueType, _ nl: String, _ en: String
  ) -> Field {
    let kind: MergeKind = value == .counter ? .counter(growOnly: false) : .register(asks: false)
    return Field(tag, name, .map(key: key, value: value), .map(of: kind), nl: nl, en: en)
  }

  static func text(_ tag: Tag, _ name: String, _ nl: String, _ en: String) -> Field {
    Field(tag, name, .text(), .text, nl: nl, en: en).searched
  }

  /// Computed, never stored.
  static func derived(
    _ tag: Tag, _ name: String, _ type: ValueType, _ nl: String, _ en: String
  ) -> Field {
    Field(tag, name, type, .derived, nl: nl, en: en)
  }
}

extension Field {
  var required: Field { copy(isRequired: true) }
  var searched: Field { copy(isSearched: true) }
  func starting(_ value: Value) -> Field { copy(defaultValue: value) }
  func personal(_ degree: PersonalData) -> Field { copy(personal: degree) }
  func tells(_ authorship: Authorship) -> Field { copy(authorship: authorship) }
  func help(_ nl: String, _ en: String) -> Field { copy(help: Label(nl: nl, en: en)) }

  private func copy(
    help: Label? = nil, isRequired: Bool? = nil, defaultValue: Value? = nil,
    isSearched: Bool? = nil, personal: PersonalData? = nil,
    authorship: Authorship? = nil
  ) -> Field {
    Field(
      tag, name, type, kind, nl: label.nl, en: label.en, help: help ?? self.help,
      required: isRequired ?? self.isRequired, default: defaultValue ?? self.defaultValue,
      searched: isSearched ?? self.isSearched, personal: personal ?? self.personal,
      authorship: authorship ?? self.authorship, aliases: aliases)
  }
}

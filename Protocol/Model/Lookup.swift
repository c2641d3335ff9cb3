extension Entity {
  /// The fields by whose value people name a record: its title, and its code where it has one.
  public var lookupFields: [Field] {
    fields.filter { field in
      if field.name == title { return true }
      if case .tree(_, let code) = space, field.name == code { return true }
      if case .string(_, _, .code?) = field.type { return true }
      return false
    }
  }
}

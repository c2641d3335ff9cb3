import Protocol

extension Entity {
  /// What people call a record: its title, else its code; nil where it has neither.
  public func title(of record: Record) -> String? {
    for name in [title].compactMap(\.self) + lookupFields.map(\.name) {
      if let field = field(named: name), let text = record.fields[field.tag].scalar.textValue {
        return text
      }
    }
    return nil
  }
}

extension TransactionID {
  /// `site:sequence`, as history shows it.
  public init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let site = UInt32(parts[0]), let sequence = UInt32(parts[1]) else {
      return nil
    }
    self.init(site: site, sequence: sequence)
  }
}

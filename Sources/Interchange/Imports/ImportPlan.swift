import Protocol

/// What an import would write: decided whole before anything is written, so that a dry run and the
/// real one are the same decision.
public struct ImportPlan: Sendable {
  /// The name of the mapping; transactions of one import share it in their label.
  public let mapping: String
  /// Only new records, in an order in which each may refer to those before it. Ordered children are
  /// records of their own that name their parent.
  public let records: [PlannedRecord]
  public let report: ImportReport
}

/// A record to be made.
public struct PlannedRecord: Sendable {
  public let entity: String
  /// What a later import knows the record by; it is among the writes too.
  public let externalKey: String
  /// The line of the file it came from.
  public let line: Int
  public let writes: [PlannedWrite]

  /// The write of a field, for whoever looks at a plan.
  public func content(of field: String) -> PlannedContent? {
    writes.first { $0.field.name == field }?.content
  }
}

public struct PlannedWrite: Sendable {
  public let field: Field
  public let content: PlannedContent
}

/// What is written into a field of a new record, checked against the field's type.
public enum PlannedContent: Hashable, Sendable {
  /// A null is written: the field stays empty although new records begin with a default there.
  case value(Value)
  case reference(ImportReference)
  /// The elements of a set of values.
  case elements([Value])
  /// The elements of a set of references.
  case references([ImportReference])
  case map([FieldValue.MapEntry])
}

/// A record that is there, or one of the same plan that has no id yet.
public enum ImportReference: Hashable, Sendable {
  case existing(RowID)
  case planned(externalKey: String)
}

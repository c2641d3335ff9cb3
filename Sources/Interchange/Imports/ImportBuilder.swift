import Protocol

/// Gathers the records of one import. A mapping reads its file and calls `add` for each entry.
///
/// Identity is the external key: a key that is there already, or came earlier in the file, makes no
/// second record.
public struct ImportBuilder {
  /// The field that keeps the external key in every entity.
  public static let keyField = "externalKey"

  public let model: Model
  public let existing: ExistingRecords
  private let mapping: String
  /// Required fields that are filled in when a record is made, not by an import.
  private let suppliedFields: Set<String>
  private var records: [PlannedRecord] = []
  private var report = ImportReport()
  /// What each key of this file stands for.
  private var references: [String: ImportReference] = [:]

  public init(
    mapping: String, model: Model, existing: ExistingRecords, suppliedFields: Set<String> = []
  ) {
    self.mapping = mapping
    self.model = model
    self.existing = existing
    self.suppliedFields = suppliedFields
  }

  public var plan: ImportPlan { ImportPlan(mapping: mapping, records: records, report: report) }

  /// Plans a record, unless it is there already or lacks what it must have.
  ///
  /// - Parameter recognise: finds a record that was made by other means than this mapping.
  /// - Returns: what others may refer to, or nil when the entry was skipped.
  @discardableResult
  public mutating func add(
    entity name: String, key: String, line: Int,
    recognise: (RecordDraft) throws -> ExistingRecord? = { _ in nil },
    fill: (inout RecordDraft) throws -> Void
  ) throws -> ImportReference? {
    guard let entity = model.entity(named: name) else {
      preconditionFailure("the mapping names \(name), which the model does not have")
    }
    report.read += 1
    var draft = RecordDraft(model: model, entity: entity, line: line)
    draft.put(Self.keyField, key)
    try fill(&draft)
    report.findings += draft.findings
    if references[key] != nil {
      skip(
        line, field: nil, reason: "twice",
        .init(
          nl: "dezelfde sleutel staat al eerder in het bestand",
          en: "the same key stands earlier in the file"))
      return references[key]
    }
    if let record = try existing.withKey(key, entity: name) ?? recognise(draft) {
      report.recognised += 1
      references[key] = .existing(record.id)
    } else if let field = draft.missing(except: suppliedFields) {
      skip(
        line, field: field.name, reason: "incomplete",
        .init(
          nl: "overgeslagen: \(field.label.nl) ontbreekt",
          en: "skipped: \(field.label.en) is missing"))
    } else {
      report.created += 1
      references[key] = .planned(externalKey: key)
      records.append(
        PlannedRecord(entity: name, externalKey: key, line: line, writes: draft.writes))
    }
    return references[key]
  }

  /// Counts an entry that says more about the record of an earlier one.
  public mutating func join(line: Int) {
    report.read += 1
    report.joined += 1
  }

  /// Leaves out a whole entry that `add` was not called for.
  public mutating func skipEntry(line: Int, reason: String, _ sentence: Label) {
    report.read += 1
    skip(line, field: nil, reason: reason, sentence)
  }

  /// What a key of this file or of an earlier import stands for.
  public func reference(key: String, entity: String) throws -> ImportReference? {
    if let reference = references[key] { return reference }
    return try existing.withKey(key, entity: entity).map { .existing($0.id) }
  }

  private mutating func skip(_ line: Int, field: String?, reason: String, _ sentence: Label) {
    report.skipped += 1
    report.findings.append(
      .init(kind: .skipped, line: line, field: field, reason: reason, sentence: sentence))
  }
}

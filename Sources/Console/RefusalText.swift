import Protocol

/// Why a change was not accepted, in words: reasons travel as codes.
public enum RefusalText {
  /// - Parameters:
  ///   - detail: as the server gave it.
  ///   - operations: of the transaction; the broken rule of a value is looked up in them.
  public static func sentence(
    _ reason: RefusalReason, _ detail: String, _ operations: [Operation], _ model: Model
  ) -> Label {
    switch reason {
    case .noRight:
      Label(
        nl: "u mag in ruimte \(detail) niets wijzigen: vraag een beheerder om het recht.",
        en: "you may not change anything in space \(detail): ask an admin for the right.")
    case .invalidValue: invalid(detail, operations, model)
    case .unknownRecord:
      Label(
        nl: "record \(detail) is er niet meer.", en: "record \(detail) is not there any more.")
    case .unknownField:
      Label(
        nl: "de server kent \(detail) niet: het programma is nieuwer dan de server.",
        en: "the server does not know \(detail): the program is newer than the server.")
    case .dependsOnRefused:
      Label(
        nl: "hangt af van \(detail), dat niet aanvaard werd.",
        en: "depends on \(detail), which was not accepted.")
    case .tooLarge: Label(nl: "te groot: splits de wijziging.", en: "too large: split the change.")
    case .identityTaken:
      Label(
        nl: "nummer \(detail) is al van een ander record.", en: "id \(detail) is another record's.")
    case .serverOwned:
      Label(
        nl: "\(detail) wordt alleen op de server beheerd.",
        en: "\(detail) is managed on the server only.")
    case .unseenCursor:
      Label(
        nl: "de wijziging beweert iets gezien te hebben dat dit toestel nooit kreeg.",
        en: "the change claims to have seen what this device never received.")
    case .brokenChain:
      Label(
        nl: "de wijziging past niet bij wat haar toestel eerder maakte.",
        en: "the change does not fit what its device made before.")
    case .refusedBefore:
      Label(nl: "werd eerder al niet aanvaard.", en: "was not accepted before.")
    }
  }

  private static func invalid(_ detail: String, _ operations: [Operation], _ model: Model) -> Label
  {
    guard let detail = InvalidDetail(text: detail) else {
      return Label(nl: "ongeldige waarde: \(detail)", en: "invalid value: \(detail)")
    }
    let subject = detail.subject
    switch detail.rule {
    case .value:
      let why = violation(in: operations, of: subject, model)?.sentence
      return Label(
        nl: "ongeldige waarde voor \(subject): \(why?.nl ?? "de server kent een strengere regel")",
        en: "invalid value for \(subject): \(why?.en ?? "the server knows a stricter rule")")
    case .notWhole, .wrongKind:
      return Label(
        nl: "\(subject) wordt niet op deze manier gewijzigd: werk het programma bij.",
        en: "\(subject) is not changed in this way: update the program.")
    case .onlyGrows:
      return Label(
        nl: "\(subject) groeit alleen: er gaat niets af.",
        en: "\(subject) only grows: nothing is taken away.")
    case .isIdentity:
      return Label(
        nl: "\(subject) zegt welk record het is en staat vast: maak een nieuw record.",
        en: "\(subject) says which record it is and stays: make another record.")
    case .effect:
      return Label(
        nl: "zoiets schrijft alleen de server: werk het programma bij.",
        en: "only the server writes such a thing: update the program.")
    case .anothersName:
      return Label(
        nl: "niemand schrijft in andermans naam: meld het toestel aan onder uw eigen naam.",
        en: "nobody writes in another's name: enrol the device under your own.")
    case .laterThanAuthor:
      return Label(
        nl: "\(subject) ligt na het tijdstip van de wijziging zelf: zet de klok goed.",
        en: "\(subject) is later than the change itself: set the clock right.")
    case .notStored:
      return Label(
        nl: "de server kan dit niet bewaren (\(subject)): verwittig een beheerder.",
        en: "the server cannot store this (\(subject)): tell an admin.")
    }
  }

  /// The first rule that a value for `subject` breaks.
  private static func violation(
    in operations: [Operation], of subject: String, _ model: Model
  ) -> Violation? {
    for operation in operations {
      guard let entity = model.entity(tag: operation.entity) else { continue }
      for (slot, tag) in operation.tags.enumerated() {
        guard let field = entity.field(tag: tag), "\(entity.name).\(field.name)" == subject else {
          continue
        }
        if let found = violation(operation, slot, field, model) { return found }
      }
    }
    return nil
  }

  private static func violation(
    _ operation: Operation, _ slot: Int, _ field: Field, _ model: Model
  ) -> Violation? {
    let values = operation.values
    switch operation.kind {
    case .create where values[slot].isNull: return nil
    case .create, .write: return field.violation(of: values[slot], model: model)
    case .add: return field.violation(ofElement: values[0], model: model)
    case .increment:
      return field.violation(ofDifference: values[0].intValue ?? .max, model: model)
    case .put: return field.violation(ofKey: values[0], value: values[1], model: model)
    case .bump:
      return field.violation(
        ofKey: values[0], difference: values[1].intValue ?? .max, model: model)
    default: return nil
    }
  }
}

/// The languages people may read: of labels, help and error sentences. Machine output has none.
public enum Language: String, Sendable, CaseIterable {
  case nl
  case en
}

extension Label {
  public func text(in language: Language) -> String {
    switch language {
    case .nl: nl
    case .en: en
    }
  }
}

/// A country by its two letters in ISO 3166-1: one of the 249 that are officially assigned.
public struct CountryCode: Sendable, Hashable {
  /// Capitals: `BE`.
  public let text: String

  public enum Refusal: String, Error, Sendable, CaseIterable {
    case empty
    /// Not two letters.
    case form
    /// Two letters that no country has; `UK` is `GB`, `EL` is `GR`.
    case unknown
  }

  public init(text: String) throws(Refusal) {
    let trimmed = text.trimmedOfBlanks
    if trimmed.isEmpty { throw .empty }
    let bytes = trimmed.utf8.map(ASCII.raised)
    guard bytes.count == 2, bytes.allSatisfy(ASCII.isUpper) else { throw .form }
    let code = String(decoding: bytes, as: UTF8.self)
    guard Self.assigned.contains(code) else { throw .unknown }
    self.text = code
  }

  private static let assigned: Set<String> = Set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  /// How many codes there are.
  static var count: Int { assigned.count }
}

extension CountryCode.Refusal {
  public var sentence: Label {
    switch self {
    case .empty: Label(nl: "vul een land in, zoals BE", en: "give a country, such as BE")
    case .form:
      Label(nl: "een land is twee letters, zoals BE", en: "a country is two letters, such as BE")
    case .unknown:
      Label(
        nl: "geen land heeft die letters; juist is bijvoorbeeld BE, NL of GB",
        en: "no country has those letters; BE, NL or GB, for example, are right")
    }
  }
}

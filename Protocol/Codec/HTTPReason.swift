/// Why a server does not answer a request: the code that travels in the field `Kaai-Reason`.
///
/// The body of such an answer is the sentence in English, for other tools; `kaai` puts the code in
/// the words of its user. A code that a program does not know is told in the server's own sentence.
public enum HTTPReason: String, Sendable, CaseIterable {
  case unreadable = "unreadable"
  case brokenOff = "broken-off"
  case tooSlow = "too-slow"
  case tooLarge = "too-large"
  case unknownDevice = "unknown-device"
  case revoked = "revoked"
  case codeExpired = "code-expired"
  case codeUnknown = "code-unknown"
  case noToken = "no-token"
  case otherModel = "other-model"
  case tooOld = "too-old"
  case diskFull = "disk-full"
  case busy = "busy"
  case notReady = "not-ready"
  case failed = "failed"
  case noSuchPath = "no-such-path"

  /// The name of the field.
  public static let fieldName = "Kaai-Reason"

  public var sentence: Label {
    switch self {
    case .unreadable:
      Label(
        nl: "De vraag kan niet gelezen worden: werk het programma bij.",
        en: "The request cannot be read: update the program.")
    case .brokenOff:
      Label(
        nl: "De vraag brak af voor haar einde: stuur ze opnieuw.",
        en: "The request broke off before its end; send it again.")
    case .tooSlow:
      Label(
        nl: "De vraag kwam te traag binnen: stuur minder wijzigingen tegelijk.",
        en: "The request came in too slowly; send fewer changes at a time.")
    case .tooLarge:
      Label(
        nl: "De vraag is te lang: stuur minder wijzigingen tegelijk.",
        en: "The request is too long; send fewer changes at a time.")
    case .tooOld:
      Label(
        nl: "Deze server spreekt de versie van uw programma niet: werk het programma bij.",
        en: "This server does not speak the version of your program: update the program.")
    case .otherModel:
      Label(
        nl: "Deze server bewaart andere gegevens: kijk het adres na.",
        en: "This server keeps other data: check its address.")
    case .noSuchPath:
      Label(
        nl: "Op dit adres is niets: kijk het adres van de server na.",
        en: "There is nothing at this address; check the server's address in the client.")
    case .unknownDevice, .revoked, .codeExpired, .codeUnknown, .noToken: admission
    case .diskFull, .busy, .notReady, .failed: trouble
    }
  }

  private var admission: Label {
    switch self {
    case .unknownDevice:
      Label(
        nl: "Dit toestel is hier niet gekend: meld het aan met een nieuwe code.",
        en: "This device is not known here: enrol it with a new code.")
    case .revoked:
      Label(
        nl: "Dit toestel is ingetrokken, of zijn gebruiker uitgeschakeld: vraag een beheerder.",
        en: "This device was revoked, or its user disabled: ask an admin.")
    case .codeExpired:
      Label(
        nl: "Deze code is verlopen: vraag een nieuwe; een code geldt 15 minuten.",
        en: "This code has expired: ask for a new one; a code is good for 15 minutes.")
    case .codeUnknown:
      Label(
        nl: "Deze code is onbekend of al gebruikt: vraag een nieuwe; een code dient voor één "
          + "toestel.",
        en: "This code is unknown or was used before: ask for a new one; a code enrols one "
          + "device.")
    default:
      Label(
        nl: "Dit toestel stuurde geen bewijs van aanmelding: meld het aan met een nieuwe code.",
        en: "Send the token of an enrolled device as Authorization: Bearer TOKEN.")
    }
  }

  private var trouble: Label {
    switch self {
    case .diskFull:
      Label(
        nl: "De schijf van de server is vol; er is niets aangenomen: probeer het later opnieuw.",
        en: "The server's disk is full; nothing was taken: try again later.")
    case .busy:
      Label(
        nl: "De server heeft het te druk: probeer het over een minuut opnieuw.",
        en: "The server is busy: try again in a minute.")
    case .notReady:
      Label(
        nl: "De server kan zijn gegevens nu niet gebruiken: verwittig een beheerder.",
        en: "The server cannot use its store now; see the server's log.")
    default:
      Label(
        nl: "De server faalde; de oorzaak staat in zijn logboek. Probeer opnieuw, en verwittig "
          + "een beheerder.",
        en: "The server failed; the cause is in its log. Try again, and tell the admin.")
    }
  }
}

import Foundation
import Interchange
import Protocol

/// One feature of the business centres: what it says, and how it becomes a hub.
struct BusinessCentre {
  let globalID: String?
  private let name: String?
  private let givenCode: String?
  private let street: String?
  private let houseNumber: String?
  private let website: String?
  private let type: String?
  private let point: GeoFeatures.Point?

  init(_ feature: GeoFeatures.Feature) {
    let properties = feature.properties
    globalID = properties["globalid"]?.text?.lowercased()
    name = properties["naam"]?.text
    givenCode = properties["gentid"]?.text
    street = properties["straat"]?.text
    houseNumber = properties["huisnr"]?.text
    website = properties["url"]?.text
    type = properties["type"]?.text
    // The geometry is longitude first; `geo_point_2d` is latitude first and is not needed.
    point = feature.point
  }

  func fill(_ hub: inout RecordDraft) {
    hub.put("name", name)
    hub.put("kind", kind)
    hub.put("descriptionNl", type)
    putAddress(into: &hub)
    putWebsite(into: &hub)
    if let point {
      hub.putGroup(
        "geo",
        [
          "lat": Self.degrees(point.latitude), "lon": Self.degrees(point.longitude),
          "quality": "address",
        ])
    }
    hub.put("source", "Stad Gent open data: bedrijvencentra-gent")
    hub.put("confidence", "high")
  }

  /// The first word of the type decides: an incubator with desks to rent is an incubator.
  private var kind: String {
    switch FoldedText.words(type ?? "").first {
    case "incubator", "accelerator": "incubator"
    case "co": "coworking"
    default: "business_centre"
    }
  }

  private func putAddress(into hub: inout RecordDraft) {
    var number = houseNumber
    if number == "0" {
      number = nil
      hub.mended(
        "address.houseNumber", reason: "house-number-emptied",
        Label(nl: "huisnummer 0 leeggemaakt", en: "house number 0 emptied"))
    }
    hub.putGroup(
      "address",
      ["street": street, "houseNumber": number, "municipality": "Gent", "country": "BE"])
  }

  private func putWebsite(into hub: inout RecordDraft) {
    guard let website else { return }
    do {
      let address = try WebAddress(text: website)
      hub.put("website", address.text)
      if !website.lowercased().hasPrefix("http") {
        hub.mended(
          "website", reason: "url-completed",
          Label(
            nl: "“\(Terminal.quotable(website))” aangevuld tot \(address.text)",
            en: "“\(Terminal.quotable(website))” completed to \(address.text)"))
      }
    } catch .email {
      hub.skipped(
        "website", reason: "email-in-url",
        Label(
          nl: "e-mailadres in plaats van een webadres weggelaten",
          en: "e-mail address in the place of a web address left out"))
    } catch .personalEmail {
      hub.skipped(
        "website", reason: "personal-email-in-url",
        Label(
          nl: "e-mailadres van een persoon in plaats van een webadres weggelaten",
          en: "e-mail address of a person in the place of a web address left out"))
    } catch {
      hub.skipped("website", reason: "bad-value", error.sentence)
    }
  }

  /// Five decimals, about a metre.
  private static func degrees(_ number: Double) -> String {
    String(format: "%.5f", number)
  }
}

extension BusinessCentre {
  /// Puts the code that the file gives, or one made from the name where it gives none that is one.
  func putCode(into hub: inout RecordDraft, taken: Set<String>) -> String {
    if let givenCode, Self.isCode(givenCode) {
      hub.put("code", givenCode)
      return givenCode
    }
    if let givenCode {
      hub.mended(
        "code", reason: "invalid-gentid",
        Label(
          nl: "gentid “\(Terminal.quotable(givenCode))” is geen geldige code",
          en: "gentid “\(Terminal.quotable(givenCode))” is no valid code"))
    } else {
      hub.mended(
        "code", reason: "no-gentid", Label(nl: "geen gentid", en: "no gentid"))
    }
    let code = Self.code(from: name ?? "", taken: taken)
    hub.put("code", code)
    hub.mended(
      "code", reason: "code-made",
      Label(nl: "code \(code) gemaakt uit de naam", en: "code \(code) made from the name"))
    return code
  }

  private static func isCode(_ text: String) -> Bool {
    (2...24).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  /// Capitals, digits and hyphens of the name, at most 24, with a number where it is taken.
  static func code(from name: String, taken: Set<String>) -> String {
    let words = FoldedText.words(name).map { word in
      word.uppercased().filter { $0.isASCII }
    }
    var base = ""
    for word in words where !word.isEmpty {
      let next = base.isEmpty ? word : "\(base)-\(word)"
      if next.count > 20 { break }
      base = next
    }
    if base.isEmpty { base = String((words.first ?? "").prefix(20)) }
    if base.count < 2 { base = "HUB\(base)" }
    var code = base
    var number = 2
    while taken.contains(code) {
      code = "\(base)-\(number)"
      number += 1
    }
    return code
  }
}

import Foundation
import Interchange
import Protocol

/// Tells whether a hub that is there is the one being imported, when no key says so.
///
/// It is when the names are the same but for spelling, or when one name begins with the other and
/// the place (100 m) or street and house number agree. `Start-it KBC` is `Start it KBC Gent`.
struct HubLikeness {
  private let name: String
  private let place: Value?
  private let address: Value?

  init(_ draft: RecordDraft) {
    name = Self.scalar(draft["name"]).flatMap(\.textValue).map(FoldedText.letters) ?? ""
    place = Self.scalar(draft["geo"])
    address = Self.scalar(draft["address"])
  }

  func fits(_ hub: ExistingRecord) -> Bool {
    let theirs = FoldedText.letters(hub["name"]?.textValue ?? "")
    guard name.count >= 4, theirs.count >= 4 else { return false }
    if name == theirs { return true }
    guard name.hasPrefix(theirs) || theirs.hasPrefix(name) else { return false }
    return isNear(hub["geo"]) || isHouse(hub["address"])
  }

  private func isNear(_ other: Value?) -> Bool {
    guard let (latitude, longitude) = Self.degrees(place),
      let (otherLatitude, otherLongitude) = Self.degrees(other)
    else { return false }
    let metresPerDegree = 111_200.0
    let north = (latitude - otherLatitude) * metresPerDegree
    let east = (longitude - otherLongitude) * metresPerDegree * cos(latitude * .pi / 180)
    return north * north + east * east <= 100 * 100
  }

  private func isHouse(_ other: Value?) -> Bool {
    guard let mine = Self.house(address), let theirs = Self.house(other) else { return false }
    return mine == theirs
  }

  private static func scalar(_ content: PlannedContent?) -> Value? {
    if case .value(let value)? = content { return value }
    return nil
  }

  /// Latitude and longitude are the first sub-values of a place.
  private static func degrees(_ place: Value?) -> (Double, Double)? {
    guard case .group(let parts)? = place, parts.count >= 2, case .real(let latitude) = parts[0],
      case .real(let longitude) = parts[1]
    else { return nil }
    return (latitude, longitude)
  }

  /// Street and house number are the first sub-values of an address.
  private static func house(_ address: Value?) -> [String]? {
    guard case .group(let parts)? = address, parts.count >= 2, let street = parts[0].textValue,
      let number = parts[1].textValue
    else { return nil }
    return [FoldedText.letters(street), FoldedText.letters(number)]
  }
}

import Foundation

/// A JSON value that a program printed, for looking into: what is not there is empty, not an error.
struct JSON {
  // What JSONSerialization gives: dictionaries, arrays, strings, numbers.
  private let value: Any?

  init(_ text: String) throws {
    value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }

  private init(value: Any?) { self.value = value }

  subscript(name: String) -> JSON { JSON(value: (value as? [String: Any])?[name]) }
  subscript(index: Int) -> JSON {
    let items = value as? [Any] ?? []
    return JSON(value: items.indices.contains(index) ? items[index] : nil)
  }
  var items: [JSON] { (value as? [Any] ?? []).map { JSON(value: $0) } }
  var text: String? { value as? String }
  var int: Int? { (value as? NSNumber)?.intValue }
  var bool: Bool? { (value as? NSNumber)?.boolValue }
  var texts: [String] { items.compactMap(\.text) }
  var isEmpty: Bool { value == nil }
}

import Foundation
import Protocol

/// JSON that came from elsewhere, read and still unchecked.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public subscript(_ key: String) -> JSONValue? {
    if case .object(let members) = self { return members[key] }
    return nil
  }

  /// The trimmed text; nil for everything else and for empty text.
  public var text: String? {
    guard case .string(let value) = self else { return nil }
    let trimmed = value.trimmed
    return trimmed.isEmpty ? nil : trimmed
  }

  public var number: Double? {
    if case .number(let value) = self { return value }
    return nil
  }

  public var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  public var elements: [JSONValue]? {
    if case .array(let values) = self { return values }
    return nil
  }
}

extension JSONValue: Decodable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Each attempt fails only because the value is of another type, so `try?` loses nothing.
    if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let values = try? container.decode([String: JSONValue].self) {
      self = .object(values)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .array(values)
    } else {
      guard container.decodeNil() else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "no JSON value")
      }
      self = .null
    }
  }

  /// Reads one JSON text of UTF-8. Depth is checked before anything is built.
  init(reading bytes: some Collection<UInt8>, line: Int, limits: ReadingLimits)
    throws(ReadingError)
  {
    guard JSONScan.depth(of: bytes) <= limits.jsonDepth else {
      throw ReadingError(line: line, .jsonTooDeep(limits.jsonDepth))
    }
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw ReadingError(line: line, .notJSON)
    }
  }
}

import CityModel
import Protocol

/// Legal values of every type that the city's fields have.
struct CitySamples {
  let model: Model
  /// Two root hubs, which are spaces: a reference to one moves its record.
  let hubs: [RowID]

  /// Three different values; of a boolean, two.
  ///
  /// Those of a group fill different parts, so that a mixture of two of them would be neither.
  func values(of type: ValueType) -> [Value] {
    switch type {
    case .string(_, _, let pattern): texts(pattern)
    case .text: ["een", "twee", "drie"]
    case .int(let range): (0..<3).map { .int(range.lowerBound + $0) }
    case .decimal: [.real(1), .real(2.5), .real(3)]
    case .money, .instant, .percent, .counter: [5, 10, 15]
    case .bool: [true, false]
    case .date: ["2024", "2025-03", "2026-10-20"]
    case .enumeration(let name):
      model.list(named: name)?.entries.prefix(3).map { .text($0.code) } ?? []
    case .reference("hub"): hubs.map { .int($0.raw) }
    case .reference: (1...3).map { .int(RowID(site: 77, counter: $0).raw) }
    case .url: ["https://one.example/", "https://two.example/", "https://three.example/"]
    case .email: ["one@example.be", "two@example.be", "three@example.be"]
    case .phone: ["+3292510550", "+3292510551", "+3292510552"]
    case .enterpriseNumber: ["0207451227", "0403019261", "0400378485"]
    case .establishmentNumber: ["2123456791", "2000000045", "2100000082"]
    case .vatNumber: ["BE0207451227", "BE0403019261", "BE0400378485"]
    case .language: ["nl", "fr", "en"]
    case .country: ["BE", "NL", "FR"]
    case .sha256: ["a", "b", "c"].map { .text(String(repeating: $0, count: 64)) }
    case .uuid: (1...3).map { .text("0192a4b6-7c8d-7e0f-8a1b-00000000000\($0)") }
    case .fractionalIndex: ["a0", "a1", "b"]
    case .group(let parts): (0..<3).map { group(parts, $0) }
    case .set(let element): values(of: element)
    case .map(_, let value): values(of: value)
    }
  }

  private func texts(_ pattern: StringPattern?) -> [Value] {
    switch pattern {
    case .code: ["X-1", "X-2", "X-3"]
    case .nace: ["2008:62010", "2025:62100", "2025:72110"]
    case .mediaType: ["image/jpeg", "image/png", "application/pdf"]
    case .externalKey: ["own:1", "own:2", "own:3"]
    case .tag, nil: ["een", "twee", "drie"]
    }
  }

  private func group(_ parts: [GroupPart], _ place: Int) -> Value {
    .canonicalGroup(
      parts.enumerated().map { index, part in
        let some = values(of: part.type)
        let isFilled = part.isRequired || index % 3 == place
        return isFilled ? some[place % some.count] : .null
      })
  }
}

import Protocol
import Testing

@testable import Interchange

@Suite("Rules of types")
struct TypeRuleTests {
  @Test("the example of a map of groups is what can be typed: a key, a part, a value")
  func mapOfGroups() {
    let group = ValueType.group([GroupPart("value", .int(0...9), nl: "w", en: "v")])
    let rule = TypeRule(.map(key: .string(), value: group), model: TestModel.model)
    #expect(rule.example.contains("].value="), "\(rule.example)")
    let plain = TypeRule(.map(key: .string(), value: .int(0...9)), model: TestModel.model)
    #expect(plain.example.contains("]="), "\(plain.example)")
  }
}

import Protocol
import Testing

@testable import Interchange

@Suite("Sub-values of a group")
struct GroupPartsTests {
  private let period = TestModel.boat.declared("period")

  @Test("those that are not named stay")
  func stay() throws {
    let merged = try GroupParts.merge(
      current: .group([1_000, 2_000, true]), parts: [(part: 1, value: 3_000)], field: period)
    #expect(merged == .group([1_000, 3_000, true]))
  }

  @Test("a group begins with the parts that are named")
  func begins() throws {
    let merged = try GroupParts.merge(
      current: .null, parts: [(part: 0, value: 1_000)], field: period)
    #expect(merged == .group([1_000]))
  }

  @Test("a required part may only go with the whole group")
  func required() throws {
    #expect(throws: FieldError.self) {
      try GroupParts.merge(
        current: .group([1_000, 2_000]), parts: [(part: 0, value: .null)], field: period)
    }
    let merged = try GroupParts.merge(
      current: .group([1_000]), parts: [(part: 0, value: .null)], field: period)
    #expect(merged == .null)
  }

  @Test("sub-values of a newer model stay")
  func newer() throws {
    let merged = try GroupParts.merge(
      current: .group([1_000, .null, .null, "new"]), parts: [(part: 1, value: 2_000)],
      field: period)
    #expect(merged == .group([1_000, 2_000, .null, "new"]))
  }
}

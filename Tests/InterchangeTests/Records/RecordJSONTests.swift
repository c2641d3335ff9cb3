import Protocol
import Testing

@testable import Interchange

@Suite("Values as JSON")
struct RecordJSONTests {
  private func json(_ name: String, _ value: FieldValue) -> String {
    var json = JSONText()
    RecordJSON.write([(TestModel.boat.declared(name), value)], to: &json)
    return json.text
  }

  @Test(
    "each type has its one form",
    arguments: [
      ("crew", .scalar(12), #"{"crew":12}"#), ("aboard", .counter(-3), #"{"aboard":-3}"#),
      ("length", .scalar(.real(12.5)), #"{"length":12.5}"#),
      ("length", .scalar(.real(61_000_000_000)), #"{"length":61000000000}"#),
      ("price", .scalar(123_456), #"{"price":"1234.56"}"#),
      ("price", .scalar(-5), #"{"price":"-0.05"}"#), ("full", .scalar(75), #"{"full":75}"#),
      ("sails", .scalar(true), #"{"sails":true}"#),
      ("built", .scalar("2026-10"), #"{"built":"2026-10"}"#),
      ("home", .scalar(1), #"{"home":"0000000000001"}"#),
      ("leaves", .scalar(1_792_479_600_000), #"{"leaves":"2026-10-20T07:00:00.000Z"}"#),
      (
        "period", .scalar(.group([0, .null, true])),
        #"{"period":{"start":"1970-01-01T00:00:00.000Z","allDay":true}}"#
      ),
      ("tags", .set(["b", "a"]), #"{"tags":["a","b"]}"#),
      ("visits", .set([33, 2]), #"{"visits":["0000000000002","0000000000011"]}"#),
      (
        "people", .map([.init(key: 2025, value: 7), .init(key: 2024, value: .null)]),
        #"{"people":{"2025":7}}"#
      ),
      (
        "visitors", .map([.init(key: "2026-10-20", value: 4)]),
        #"{"visitors":{"2026-10-20":4}}"#
      ),
      (
        "rounds", .map([.init(key: "seed", value: .group([.null, 50]))]),
        #"{"rounds":{"seed":{"amount":"0.50"}}}"#
      ),
    ] as [(String, FieldValue, String)])
  func forms(name: String, value: FieldValue, expected: String) {
    #expect(json(name, value) == expected)
  }

  @Test(
    "what is empty is left out",
    arguments: [("crew", .scalar(.null)), ("tags", .set([])), ("people", .map([]))]
      as [(String, FieldValue)])
  func empty(name: String, value: FieldValue) {
    #expect(json(name, value) == "{}")
  }

  @Test("a value that is not of its type shows as what it is")
  func foreign() {
    #expect(json("crew", .scalar("many")) == #"{"crew":"many"}"#)
    #expect(json("crew", .scalar(.bytes([1, 255]))) == #"{"crew":"01ff"}"#)
    #expect(json("name", .scalar(.group([1, "x"]))) == #"{"name":[1,"x"]}"#)
  }
}

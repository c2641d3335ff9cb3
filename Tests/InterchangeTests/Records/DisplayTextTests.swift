import Protocol
import Testing

@testable import Interchange

@Suite("Values for people")
struct DisplayTextTests {
  private func text(_ name: String, _ value: FieldValue, _ language: Language) -> String {
    let display = DisplayText(model: TestModel.model, language: language) { entity, id in
      entity == "harbour" && id == TestModel.home ? "Ghent" : nil
    }
    return display.text(value, of: TestModel.boat.declared(name))
  }

  @Test(
    "each type reads as people write it",
    arguments: [
      ("leaves", .scalar(1_792_479_600_000), "di 20 okt 2026 09:00", "Tue 20 Oct 2026 09:00"),
      ("built", .scalar("2026-10-20"), "di 20 okt 2026", "Tue 20 Oct 2026"),
      ("built", .scalar("2026-03"), "mrt 2026", "Mar 2026"),
      ("built", .scalar("2026"), "2026", "2026"),
      ("price", .scalar(123_456_789), "€ 1.234.567,89", "€ 1,234,567.89"),
      ("price", .scalar(-5), "€ -0,05", "€ -0.05"),
      ("length", .scalar(.real(1234.5)), "1.234,5", "1,234.5"),
      ("crew", .scalar(1_000), "1.000", "1,000"), ("full", .scalar(75), "75 %", "75%"),
      ("sails", .scalar(false), "nee", "no"),
      ("colour", .scalar("deep_blue"), "Diepblauw", "Deep blue"),
      ("home", .scalar(.int(TestModel.home.raw)), "Ghent", "Ghent"),
      ("home", .scalar(1), "0000000000001", "0000000000001"),
      ("owner", .scalar("0207451227"), "0207.451.227", "0207.451.227"),
      ("branch", .scalar("2123456791"), "2.123.456.791", "2.123.456.791"),
      ("tags", .set(["a", "b"]), "a, b", "a, b"),
      ("people", .map([.init(key: 2025, value: 1_200)]), "2025: 1.200", "2025: 1,200"),
      (
        "position", .scalar(.group([.real(51.048), .real(3.728)])), "51,048, 3,728", "51.048, 3.728"
      ),
      (
        "period", .scalar(.group([1_792_479_600_000, .null, true])),
        "di 20 okt 2026 09:00, hele dag",
        "Tue 20 Oct 2026 09:00, all day"
      ),
    ] as [(String, FieldValue, String, String)])
  func forms(name: String, value: FieldValue, nl: String, en: String) {
    #expect(text(name, value, .nl) == nl)
    #expect(text(name, value, .en) == en)
  }
}

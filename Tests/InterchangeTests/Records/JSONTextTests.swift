import Protocol
import Testing

@Suite("The writer of JSON")
struct JSONTextTests {
  @Test("only what JSON demands is escaped, and UTF-8 is kept")
  func escapes() {
    var json = JSONText()
    json.string("\"\\/\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}é🚢\u{2028}")
    #expect(json.text == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7F}é🚢\u{2028}\"")
  }

  @Test("commas stand between members and elements only")
  func commas() {
    var json = JSONText()
    json.object { json in
      json.member("a", integer: 1)
      json.key("b")
      json.array { json in
        json.null()
        json.object { _ in }
        json.array { $0.bool(false) }
      }
      json.member("c", string: "")
    }
    #expect(json.text == #"{"a":1,"b":[null,{},[false]],"c":""}"#)
  }

  @Test("doubles are written with the digits that read back, infinities as null")
  func doubles() {
    var json = JSONText()
    json.array { json in
      for number in [0.1, 3, -0.0, 1e-7, 1e22, .infinity] { json.real(number) }
    }
    #expect(json.text == "[0.1,3,0,1e-07,1e+22,null]")
  }
}

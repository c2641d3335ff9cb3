import Protocol
import Testing

@Suite("A place in an ordered list")
struct FractionalIndexTests {
  private func place(_ text: String) throws -> FractionalIndex {
    try #require(FractionalIndex(text))
  }

  @Test("lies between its neighbours, whatever legal places they have")
  func between() throws {
    let texts = [
      "0", "00", "001", "01", "0z", "0zz", "1", "V", "V0", "V0000001", "V01", "Vz", "W", "Z", "a",
      "a0", "a0V", "az", "z", "zy", "zz", "zzz", "zzzzzzz1",
    ]
    for (index, low) in texts.enumerated() {
      let last = try #require(FractionalIndex.between(try place(low), nil, site: 9))
      #expect(try place(low) < last)
      for high in texts[(index + 1)...] {
        guard let middle = FractionalIndex.between(try place(low), try place(high), site: 9) else {
          // Nothing lies between a place and the same one with zeros behind it.
          let rest = high.dropFirst(low.count)
          #expect(high.hasPrefix(low) && rest.allSatisfy { $0 == "0" }, "\(low) and \(high)")
          continue
        }
        #expect(try place(low) < middle && middle < place(high), "\(low) and \(high)")
        #expect(FractionalIndex(middle.text) == middle)
      }
      guard let first = FractionalIndex.between(nil, try place(low), site: 9) else {
        #expect(low.allSatisfy { $0 == "0" }, "before \(low)")
        continue
      }
      #expect(try first < place(low))
    }
  }

  @Test("is none between equal or crossed places")
  func crossed() throws {
    #expect(FractionalIndex.between(try place("a"), try place("a"), site: 1) == nil)
    #expect(FractionalIndex.between(try place("b"), try place("a"), site: 1) == nil)
    #expect(FractionalIndex.between(try place("a1"), try place("a"), site: 1) == nil)
  }

  @Test("differs from that of another site at the same spot, the lesser site first, side by side")
  func sites() throws {
    let spots: [(FractionalIndex?, FractionalIndex?)] = [
      (nil, nil), (try place("V0"), nil), (nil, try place("V0")), (try place("a"), try place("b")),
      (try place("V0"), try place("V1")),
    ]
    for (low, high) in spots {
      for (one, two) in [(1, 2), (61, 62), (3_844, 238_328), (1, UInt32(1) << 31 - 1)] {
        let first = try #require(FractionalIndex.between(low, high, site: UInt32(one)))
        let second = try #require(FractionalIndex.between(low, high, site: two))
        #expect(first < second)
        // There is room between the two, for whoever comes later.
        let third = try #require(FractionalIndex.between(first, second, site: 1))
        #expect(first < third && third < second)
      }
    }
  }

  @Test("grows by a digit for every few at the very same spot, and never beyond its bound")
  func growth() throws {
    let low = try place("V0000001")
    var high = try place("V1000001")
    var count = 0
    while let next = FractionalIndex.between(low, high, site: 5) {
      #expect(low < next && next < high)
      #expect(next.text.utf8.count <= FractionalIndex.longest)
      high = next
      count += 1
    }
    #expect((200...1_000).contains(count), "\(count)")
  }

  @Test("stays short at the end and at the beginning of a list")
  func ends() throws {
    var last = try #require(FractionalIndex.between(nil, nil, site: 7))
    var first = last
    for _ in 0..<10_000 {
      let next = try #require(FractionalIndex.between(last, nil, site: 7))
      #expect(last < next)
      last = next
      let previous = try #require(FractionalIndex.between(nil, first, site: 7))
      #expect(previous < first)
      first = previous
    }
    #expect(last.text.utf8.count <= 14 && first.text.utf8.count <= 14)
  }

  @Test("a whole list is numbered in order with room everywhere")
  func spread() throws {
    for count in [0, 1, 2, 61, 1_000, 5_000] {
      let places = FractionalIndex.spread(count, site: 3)
      #expect(places.count == count)
      for (a, b) in zip(places, places.dropFirst()) {
        #expect(a < b)
        #expect(FractionalIndex.between(a, b, site: 3) != nil)
      }
    }
  }

  @Test("is digits and letters, at most 200")
  func form() {
    for text in ["", "a b", "é", "a-", String(repeating: "a", count: 201)] {
      #expect(FractionalIndex(text) == nil)
    }
    #expect(FractionalIndex("a0") != nil)
  }
}

import Protocol
import Testing

@testable import Storage

@Suite("The clocks of a row, packed")
struct ClockColumnTests {
  private func packed(_ column: ClockColumn) throws -> ClockColumn {
    try (column.encoded ?? []).withUnsafeBytes {
      try ClockColumn(greatest: column.greatest, encoded: $0)
    }
  }

  @Test("a row of one transaction needs no bytes; a NULL in it that nobody wrote has no clock")
  func plain() throws {
    let column = ClockColumn(transaction: 7)
    #expect(column.encoded == nil)
    #expect(column.register(16, isNull: true) == nil)
    #expect(try #require(column.register(16, isNull: false)) == (7, false))
    #expect(try packed(column).register(16, isNull: true) == nil)
  }

  @Test("a NULL that was written is always listed, and the bytes are those of FORMAT.md")
  func writtenNull() throws {
    var column = ClockColumn(transaction: 9)
    column.setRegister(16, 7, isNull: true, further: false)
    #expect(column.encoded == [0x00, 0x80, 0x01, 0x0E])
    #expect(try #require(try packed(column).register(16, isNull: true)) == (7, false))
    column.setRegister(16, 9, isNull: true, further: false)
    #expect(try #require(try packed(column).register(16, isNull: true)) == (9, false))
    column.setRegister(16, 9, isNull: false, further: false)
    #expect(column.encoded == nil)
  }

  @Test("a device's own transactions, which count from 2^40, take no more bytes than others")
  func ownNumbers() throws {
    var (own, other) = (ClockColumn(transaction: 3), ClockColumn(transaction: 3))
    own.setRegister(16, LocalNumber.own(5), isNull: false, further: true)
    other.setRegister(16, 5, isNull: false, further: true)
    #expect(own.encoded?.count == other.encoded?.count)
    #expect(try packed(own).register(16, isNull: false)?.transaction == LocalNumber.own(5))
  }

  @Test("whatever is set comes back as it was, in the order of tags", arguments: 0..<20)
  func roundTrip(seed: Int) throws {
    var state = UInt64(seed)
    func below(_ bound: UInt64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % bound)
    }
    func transaction() -> Int64 {
      below(2) == 0 ? below(1_000) + 1 : LocalNumber.own(UInt32(below(1_000) + 1))
    }
    func entries() -> [ClockColumn.Entry] {
      (0..<below(3) + 1).map { index in
        .init(
          key: .text("k\(index)"),
          heads: (0..<below(3) + 1).map { _ in
            .init(transaction: transaction(), value: below(2) == 0 ? .null : .int(below(9)))
          })
      }
    }
    var column = ClockColumn(transaction: transaction())
    for _ in 0..<12 {
      let tag = Tag(below(30) + 1)
      switch below(5) {
      case 0: column.setRegister(tag, transaction(), isNull: false, further: false)
      case 1: column.setRegister(tag, transaction(), isNull: true, further: below(2) == 0)
      case 2: column[tag] = .counter(transaction: transaction())
      case 3: column[tag] = .entries(entries())
      default: column[tag] = .unknown(.set, entries())
      }
    }
    let back = try packed(column)
    #expect(back.items == column.items, "seed \(seed)")
    #expect(back.base == column.base, "seed \(seed)")
    #expect(back.items.map(\.tag) == back.items.map(\.tag).sorted())
  }

  @Test("bytes that end too soon are an error, wherever they end")
  func truncated() throws {
    var column = ClockColumn(transaction: 300)
    column.setRegister(16, 299, isNull: true, further: true)
    column[17] = .entries([.init(key: "AI", heads: [.init(transaction: 298, value: .null)])])
    column[18] = .unknown(.map, [.init(key: 2026, heads: [.init(transaction: 7, value: 14)])])
    let whole = try #require(column.encoded)
    // A cut between two items leaves a shorter list of them, which the column cannot know.
    let ends = (0...column.items.count).map { count in
      var shorter = ClockColumn(transaction: 300)
      shorter.items = Array(column.items.prefix(count))
      return shorter.encoded?.count ?? 1
    }
    for length in 1..<whole.count where !ends.contains(length) {
      #expect(throws: DecodeError.self, "\(length) bytes") {
        try whole.prefix(length).withUnsafeBytes {
          _ = try ClockColumn(greatest: 300, encoded: UnsafeRawBufferPointer($0))
        }
      }
    }
  }
}

import Protocol
import Testing

@testable import ServerApp

@Suite("Sealed cursors")
struct CursorSealTests {
  private static let seal = CursorSeal(key: Array(0..<32))
  private static let cursor = Cursor(epoch: 0xA1B2_C3D4_E5F6_0718, position: 1_000)
  private static let history = Hash16(low: 3, high: 4)

  @Test("a cursor opens for the device it was sealed for, as it was sealed")
  func opens() {
    let sealed = Self.seal.seal(Self.cursor, history: Self.history, site: 7)
    #expect(
      Self.seal.open(sealed, site: 7) == .init(cursor: Self.cursor, history: Self.history))
  }

  @Test("C29: whichever bit of it flips, the seal fails")
  func everyBit() {
    let sealed = Self.seal.seal(Self.cursor, history: Self.history, site: 7)
    for index in sealed.indices {
      for bit in 0..<8 {
        var changed = sealed
        changed[index] ^= 1 << UInt8(bit)
        #expect(Self.seal.open(changed, site: 7) == nil, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test("C29: another device's cursor, another server's and one of another length fail")
  func others() {
    let sealed = Self.seal.seal(Self.cursor, history: Self.history, site: 7)
    #expect(Self.seal.open(sealed, site: 8) == nil)
    #expect(CursorSeal(key: Array(1..<33)).open(sealed, site: 7) == nil)
    for length in 0..<sealed.count {
      #expect(Self.seal.open(Array(sealed[..<length]), site: 7) == nil)
    }
    #expect(Self.seal.open(sealed + [0], site: 7) == nil)
  }
}

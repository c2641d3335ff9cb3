import Protocol
import Storage
import Testing

@Suite("The machine's clock")
struct SystemSourceTests {
  @Test(
    "however it is shifted, what it shows fits into a stamp and leaves room for later ones",
    arguments: [Int64.max, Int64.min, 9_000_000_000_000_000, -9_000_000_000_000_000])
  func absurdOffsets(offset: Int64) {
    let time = RealSystem(offsetMilliseconds: offset).wallMilliseconds()
    #expect(time.magnitude <= UInt64(HLC.maximumMilliseconds / 2))
    #expect(time.signum() == offset.signum())
    #expect(HLC(milliseconds: time).next > HLC(milliseconds: time))
  }

  @Test("a shift of 25 hours is a shift of 25 hours")
  func shift() {
    let shifted = RealSystem(offsetMilliseconds: 90_000_000).wallMilliseconds()
    #expect(abs(shifted - RealSystem().wallMilliseconds() - 90_000_000) < 5_000)
  }
}

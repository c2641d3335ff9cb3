import Protocol
import Testing

@Suite("Texts merge as independent programs say")
struct ConformanceTests {
  private func check(_ name: String, end: String, count: Int) throws {
    let cases = try TextCase.all(name, end: end)
    #expect(cases.count == count)
    for (index, text) in cases.enumerated() {
      var document = TextDocument()
      for batch in try text.batches() { try document.apply(batch) }
      #expect(document.text == text.end, "case \(index) of \(name)")
    }
  }

  @Test(
    "all 1,000 histories of diamond-types end in its text",
    .enabled(
      if: SharedTexts.has("vectors/diamond-types__conformance.json.gz"), SharedTexts.missing))
  func diamondTypes() throws {
    try check("vectors/diamond-types__conformance.json.gz", end: "endContent", count: 1_000)
  }

  @Test(
    "all 2,000 generated histories end in the text of two other programs",
    .enabled(if: SharedTexts.has("vectors/generated-fuguemax-2000.json.gz"), SharedTexts.missing))
  func generated() throws {
    try check("vectors/generated-fuguemax-2000.json.gz", end: "endContent", count: 2_000)
  }

  @Test(
    "where Fugue and FugueMax differ, the result is FugueMax's",
    .enabled(
      if: SharedTexts.has("vectors/generated-fugue-vs-fuguemax.json.gz"), SharedTexts.missing))
  func fugueMax() throws {
    try check("vectors/generated-fugue-vs-fuguemax.json.gz", end: "endFugueMax", count: 46)
  }
}

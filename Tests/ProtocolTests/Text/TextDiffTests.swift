import Protocol
import Testing

/// A text that came back whole becomes the edits that a person would name.
@Suite struct TextDiffTests {
  private func edits(_ old: String, _ new: String) -> [TextEdit] {
    let edits = TextDiff.edits(from: old, to: new)
    #expect(isSame(edits.applied(to: old), new))
    return edits
  }

  /// Scalar by scalar, which `==` is not.
  private func isSame(_ a: String, _ b: String) -> Bool { Array(a.utf8) == Array(b.utf8) }

  @Test("a text that is the same is no edit")
  func same() {
    #expect(edits("", "") == [])
    #expect(edits("de kade\n", "de kade\n") == [])
  }

  @Test("the first text of all and the end of all text are one edit each")
  func fromNothing() {
    #expect(edits("", "kade") == [TextEdit(at: 0, inserting: "kade")])
    #expect(edits("kade", "") == [TextEdit(at: 0, deleting: 4)])
  }

  @Test("a new line is inserted as a line, whatever its neighbours begin with")
  func lines() {
    #expect(
      edits("- aap\n- noot\n", "- aap\n- mies\n- noot\n")
        == [TextEdit(at: 6, inserting: "- mies\n")])
    #expect(
      edits("- aap\n- mies\n- noot", "- aap\n- noot") == [TextEdit(at: 6, deleting: 7)])
  }

  @Test("changes of several words are several edits, each of the text that the one before left")
  func words() {
    #expect(
      edits("de oude kade is vandaag vrij", "de nieuwe kade is morgen vrij") == [
        TextEdit(at: 2, deleting: 5, inserting: " nieuwe"),
        TextEdit(at: 17, deleting: 8, inserting: " morgen"),
      ])
  }

  @Test(
    "a word or a number that was changed is replaced as a whole, with the blank before or behind it",
    arguments: [
      ("een container hier", "een containers hier", 3, " container", " containers"),
      ("kade 3 is vrij", "kade 34 is vrij", 4, " 3", " 34"),
      ("huur 1.250,00 euro", "huur 1.350,00 euro", 4, " 1.250,00", " 1.350,00"),
      ("bel 0477 12 34 56 op", "bel 0478 12 34 99 op", 3, " 0477 12 34 56", " 0478 12 34 99"),
      ("mail mia@haven.be nu", "mail mia@haven.eu nu", 4, " mia@haven.be", " mia@haven.eu"),
      ("Kade vrij", "Dok vrij", 0, "Kade ", "Dok "),
    ])
  func wholeWords(_ old: String, _ new: String, _ start: Int, _ gone: String, _ come: String) {
    #expect(
      edits(old, new) == [TextEdit(at: start, deleting: gone.count, inserting: come)])
  }

  @Test("a line in which no word stayed is replaced as a line")
  func wholeLines() {
    #expect(
      edits("- aap\n- noot.\n- mies\n", "- aap\n- zus.\n- mies\n")
        == [TextEdit(at: 6, deleting: 8, inserting: "- zus.\n")])
  }

  @Test("a lone word that both have, between stretches that were rewritten, is rewritten with them")
  func loneWords() {
    #expect(
      edits("Het dak van de loods lekt nog steeds erg.", "Volgens Bram lekt het dak niet.").count
        == 1)
  }

  @Test(
    "what several people put in the place of one word are all whole words, apart from each other",
    arguments: [
      ("De vergadering begon om tien uur.", ["tien", "elf", "twaalf", "negen uur stipt"]),
      ("De huur is 1250 per maand.", ["1250", "1350", "1240", "12500"]),
      ("Bel 0477 12 34 56 nu.", ["0477 12 34 56", "0478 99 34 56", "0499 12 34 77"]),
    ])
  func sameWord(_ base: String, _ words: [String]) throws {
    var document = try TextDocument(base: TextBase(text: base))
    for (site, word) in words.dropFirst().enumerated() {
      let changed = base.replacing(words[0], with: word)
      let batch = TextBatchBuilder(TextDiff.edits(from: base, to: changed))
        .batch(site: UInt32(site + 1), sequence: 0, parents: .steps([]))
      try document.apply(try #require(batch))
    }
    for word in words.dropFirst() {
      #expect((" " + document.text).contains(" \(word) "), "\(document.text)")
    }
  }

  @Test("letters that happen to be equal do not scatter a changed word")
  func coincidence() {
    #expect(
      edits("een schip lag aan", "een trein lag aan")
        == [TextEdit(at: 3, deleting: 6, inserting: " trein")])
  }

  @Test("fewer than three unchanged characters and no word between two changes make them one")
  func joined() {
    #expect(
      edits("aap en noot", "wim, zus") == [TextEdit(at: 0, deleting: 11, inserting: "wim, zus")])
    #expect(edits("x ab y", "u ab v").count == 2)
    #expect(edits("x-y", "u-v") == [TextEdit(at: 0, deleting: 3, inserting: "u-v")])
  }

  @Test(
    "no grapheme cluster is torn",
    arguments: [
      ("👩\u{200D}🚒 blust", "👩\u{200D}🚀 blust"), ("🇧🇪🇳🇱", "🇧🇪🇫🇷🇳🇱"), ("🇧🇪🇳🇱", "🇧🇪🇧🇳🇱🇱"),
      ("e\u{301}e", "ee\u{301}"), ("cafe", "cafe\u{301}"), ("a\r\nb", "a\nb"), ("a\rb", "a\r\nb"),
      ("각", "가"), ("नि", "नी"), ("👍🏽", "👍🏿"), ("\u{301}a", "a"), ("a\u{301}", "a\u{302}"),
      ("é", "e\u{301}"),
    ])
  func clusters(_ old: String, _ new: String) {
    let ends = clusterEnds(old)
    var text = old
    var shift = 0
    for edit in edits(old, new) {
      // Where the edit is in the old text: all edits before it are further left.
      let start = edit.position - shift
      #expect(ends.contains(start) && ends.contains(start + edit.deleted))
      #expect(clusterEnds(new).contains(edit.position))
      let inserted = edit.inserted.unicodeScalars.count
      #expect(clusterEnds(new).contains(edit.position + inserted))
      shift += inserted - edit.deleted
      text = [edit].applied(to: text)
    }
    #expect(isSame(text, new))
  }

  private func clusterEnds(_ text: String) -> Set<Int> {
    var ends: Set<Int> = [0]
    var count = 0
    for character in text {
      count += character.unicodeScalars.count
      ends.insert(count)
    }
    return ends
  }

  @Test("the edits of any two texts lead from one to the other, and tear no cluster")
  func anyTexts() {
    let pieces = [
      "a", "b", "de ", "kade", " ", "\n", "\r\n", ".", "é", "e\u{301}", "\u{301}", "👩", "\u{200D}",
      "🚒", "🇧", "🇪", "漢", "字", "각", "ᆨ", "नि", "\u{1F3FD}", "\t", "12",
    ]
    for seed in 0..<3_000 {
      var dice = Dice(seed: UInt64(seed))
      func text() -> [String] { (0..<dice.below(14)).map { _ in pieces[dice.below(pieces.count)] } }
      let old = text()
      var new = text()
      if dice.below(3) > 0 {
        new = old
        for _ in 0..<dice.below(4) {
          let start = dice.below(new.count + 1)
          new.replaceSubrange(start..<min(new.count, start + dice.below(3)), with: text().prefix(2))
        }
      }
      clusters(old.joined(), new.joined())
    }
  }

  @Test("two people's changes of different words of a text that came back whole both stay")
  func concurrent() throws {
    let base = "Terminal: kraan 3 defect.\nVeiligheid: helm verplicht.\n"
    let first = "Terminal: kraan 4 defect.\nVeiligheid: helm verplicht.\nTweede bezoek.\n"
    let second = "Terminal: kraan 3 hersteld.\nVeiligheid: helm en vest verplicht.\n"
    var document = try TextDocument(base: TextBase(text: base))
    for (site, new) in [first, second].enumerated() {
      let batch = TextBatchBuilder(TextDiff.edits(from: base, to: new))
        .batch(site: UInt32(site + 1), sequence: 0, parents: .steps([]))
      try document.apply(try #require(batch))
    }
    #expect(
      document.text
        == "Terminal: kraan 4 hersteld.\nVeiligheid: helm en vest verplicht.\nTweede bezoek.\n")
  }

  @Test(
    "texts that differ in every way are compared in bounded time",
    .timeLimit(.minutes(1)), arguments: 0..<8)
  func unlike(_ kind: Int) {
    var dice = Dice(seed: 9)
    func words(_ separator: String) -> String {
      (0..<10_000).map { _ in "w\(dice.below(kind < 2 ? 10_000 : 20))" }
        .joined(separator: separator)
    }
    let many = 1 << 13
    let flags = String(repeating: "🇧🇪", count: many)
    let accents = "a" + String(repeating: "\u{301}", count: many)
    let (old, new) =
      switch kind {
      case 0, 2: (words(" "), words(" "))
      case 1, 3: (words("\n"), words("\n"))
      case 4: (String(repeating: "a\n\n", count: many), String(repeating: "\na\n", count: many))
      case 5: (flags, "🇧" + flags)
      case 6: (accents, accents + "\u{301}")
      default: (String(repeating: "👩\u{200D}", count: many), "")
      }
    _ = edits(old, new)
  }

  @Test("what is changed in very many places is changed as a whole")
  func manyPlaces() throws {
    let old = String(repeating: "kade o\n", count: 17_000)
    let new = String(repeating: "kade n\n", count: 17_000)
    let edits = edits(old, new)
    #expect(edits.count == 1)
    let change = try TextChange(encoded: #require(TextChange(edits)).encoded)
    #expect(isSame(change.edits.applied(to: old), new))
  }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

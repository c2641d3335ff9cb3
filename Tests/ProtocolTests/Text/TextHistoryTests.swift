import Protocol
import Testing

/// What is kept of a text's past, and what can be taken out of it.
@Suite struct TextHistoryTests {
  private func histories(_ count: Int, _ body: (WrittenHistory, inout Dice) throws -> Void) rethrows
  {
    for seed in 0..<count {
      var dice = Dice(seed: UInt64(seed) + 77)
      try body(WrittenHistory.random(sites: 2 + seed % 3, turns: 14, &dice), &dice)
    }
  }

  // MARK: Attribution

  /// Who inserted each scalar of the text, by a slow way: each is a letter that names its site.
  @Test("each character is its writer's, whatever was deleted around it")
  func attribution() throws {
    let letters = Array("ABCD")
    for seed in 0..<60 {
      var dice = Dice(seed: UInt64(seed))
      let history = WrittenHistory(
        sites: 4,
        (0..<16).map { _ in
          var dice = Dice(seed: dice.next())
          let site = dice.below(4)
          return .init(site: site, knowsAll: dice.below(2) == 0) { count in
            let place = dice.below(count + 1)
            let text = String(repeating: letters[site], count: dice.below(3))
            return [
              TextEdit(
                at: place, deleting: min(count - place, dice.below(3)), inserting: text)
            ]
          }
        })
      let document = try history.document()
      let runs = document.attribution()
      let named = runs.map { run in
        String(repeating: letters[Int(run.author?.site ?? 1) - 1], count: run.count)
      }
      #expect(named.joined() == document.text, "seed \(seed)")
      for (first, second) in zip(runs, runs.dropFirst()) {
        let next = first.author.map { TextID(site: $0.site, sequence: $0.sequence + first.count) }
        #expect(second.author != next, "neighbours that belong together are one run")
      }
    }
  }

  @Test("what was there before the history is nobody's; several who did not know each other edited")
  func editors() throws {
    var document = try TextDocument(base: TextBase(text: "kade 3", position: 5))
    try document.edit(TextEdit(at: 6, inserting: " vrij"), by: 7)
    let known = document.version
    #expect(
      document.attribution() == [
        TextAttribution(count: 6, author: nil),
        TextAttribution(count: 5, author: TextID(site: 7, sequence: 0)),
      ])
    #expect(try document.editors() == [7])
    #expect(try document.concurrentEditors() == [])
    for site: UInt32 in [8, 9] {
      let batch = TextBatchBuilder([TextEdit(at: 0, inserting: "\(site)")])
        .batch(site: site, sequence: 0, parents: known)
      try document.apply(try #require(batch))
    }
    #expect(try document.editors() == [7, 8, 9])
    #expect(try document.editors(since: known) == [8, 9])
    #expect(try document.concurrentEditors() == [8, 9])
    #expect(document.text == "89kade 3 vrij")
  }

  // MARK: Erasing

  @Test("an erased span is in no byte of the history, and what came after it means the same")
  func erase() throws {
    var document = TextDocument()
    try document.edit(TextEdit(at: 0, inserting: "Jan Peeters belde"), by: 1)
    try document.edit(TextEdit(at: 4, deleting: 8), by: 1)
    let known = document.version
    let later = TextBatchBuilder([TextEdit(at: 4, inserting: "eergisteren ")])
      .batch(site: 2, sequence: 0, parents: .steps([TextID(site: 1, sequence: 16)]))
    let edits = try document.erase([TextSpan(site: 1, sequences: 4..<12)])
    #expect(edits == [])
    #expect(document.text == "Jan belde")
    #expect(!contains(document.encoded(), "Peeters"))
    try document.apply(try #require(later))
    #expect(document.text == "Jan eergisteren belde")
    #expect(document.checkInvariants() == [])
    #expect(document.version != known)
    #expect(throws: TextError.unknownSpan(TextID(site: 1, sequence: 25))) {
      try document.erase([TextSpan(site: 1, sequences: 24..<26)])
    }
  }

  @Test("what still stands in the text is erased there too")
  func eraseShown() throws {
    var document = TextDocument()
    try document.edit(TextEdit(at: 0, inserting: "aéb"), by: 1)
    try document.edit(TextEdit(at: 2, inserting: "漢"), by: 2)
    let edits = try document.erase([TextSpan(site: 1, sequences: 1..<3)])
    #expect(document.text == "a\u{FFFD}漢\u{FFFD}")
    #expect(edits.applied(to: "aé漢b") == document.text)
    #expect(
      try document.erase([TextSpan(site: 1, sequences: 1..<3)]).applied(to: document.text)
        == document.text)
    #expect(document.checkInvariants() == [])
  }

  @Test("replicas that erased the same are the same, whenever each did it")
  func eraseConverges() throws {
    try histories(40) { history, dice in
      let steps = history.steps
      let victims = (0..<2).map { _ in
        let batch = steps[dice.below(steps.count)].batch
        let start = batch.sequences.lowerBound + dice.below(batch.stepCount)
        return TextSpan(site: batch.site, sequences: start..<batch.sequences.upperBound)
      }
      var early = TextDocument()
      for step in steps {
        try early.apply(step.batch)
        for victim in victims.reversed() { _ = try? early.erase([victim]) }
      }
      var late = try history.document()
      try late.erase(victims)
      #expect(late.text == early.text)
      #expect(late.encoded() == early.encoded())
      #expect(late.checkInvariants() == [])
      // A replica that never held the bytes learns of them as holes.
      #expect(try TextDocument(encoded: late.encoded()).text == early.text)
    }
  }

  private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let text = Array(text.utf8)
    return bytes.indices.contains { bytes[$0...].starts(with: text) }
  }

  // MARK: Cutting

  @Test("after a cut the same batches give the same text, at every place where all knew all")
  func cut() throws {
    var cuts = 0
    try histories(60) { history, dice in
      let steps = history.steps
      for place in 1..<steps.count
      where steps[place...].allSatisfy({ $0.known.isSuperset(of: 0..<place) }) {
        var document = TextDocument()
        var other = TextDocument()
        for step in steps[..<place] {
          try document.apply(step.batch)
          try other.apply(step.batch)
        }
        let shown = document.text
        try document.cut(at: document.version)
        #expect(document.baseText == shown && document.stepCount == 0)
        for step in steps[place...] {
          #expect(try document.apply(step.batch) == other.apply(step.batch))
          #expect(document.text == other.text)
        }
        #expect(document.checkInvariants() == [])
        cuts += 1
      }
    }
    #expect(cuts > 50)
  }

  @Test("a cut below later steps keeps these, their holes and positions")
  func cutBelow() throws {
    var document = TextDocument()
    func type(_ text: String, _ site: UInt32, _ position: UInt64, knowing: UInt64) throws {
      let batch = TextBatchBuilder([TextEdit(at: 1, inserting: text)])
        .batch(site: site, sequence: document.nextSequence(of: site), parents: .position(knowing))
      try document.apply(try #require(batch), at: position)
    }
    try document.apply(
      try #require(
        TextBatchBuilder([TextEdit(at: 0, inserting: "<>")])
          .batch(site: 1, sequence: 0, parents: .position(0))), at: 1)
    try type("een", 1, 2, knowing: 1)
    try type("twee", 2, 3, knowing: 2)
    try type("drie", 3, 4, knowing: 2)
    try document.erase([TextSpan(site: 3, sequences: 0..<2), TextSpan(site: 1, sequences: 2..<3)])
    let before = document
    let shown = document.text
    try document.cut(at: .position(2))
    #expect(document.text == shown)
    #expect(document.baseText == "<\u{FFFD}en>")
    #expect(document.stepCount == 8)
    #expect(document.checkInvariants() == [])
    // Someone who knew position 3 only.
    var uncut = before
    let late = TextBatchBuilder([TextEdit(at: 3, inserting: "!")])
      .batch(site: 4, sequence: 0, parents: .position(3))
    let batch = try #require(late)
    #expect(try document.apply(batch, at: 5) == uncut.apply(batch, at: 5))
    #expect(document.text == uncut.text)
    let tooLate = TextBatchBuilder([TextEdit(at: 0, inserting: "?")])
      .batch(site: 5, sequence: 0, parents: .position(1))
    #expect(throws: TextError.beforeHistory) { try document.apply(try #require(tooLate), at: 6) }
    #expect(throws: TextError.unaware(TextID(site: 3, sequence: 0))) {
      try document.cut(at: .position(3))
    }
    #expect(document.text == uncut.text && document.checkInvariants() == [])
  }

  // MARK: Encoding

  @Test("the example of TEXT.md")
  func example() throws {
    let bytes: [UInt8] = [
      0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x05, 0x06, 0x02, 0x00, 0x02, 0x00, 0x01, 0x01, 0x00,
      0x02, 0x02, 0x00, 0x01, 0x01, 0x02, 0x00, 0x00, 0x02, 0x04, 0x02, 0x00, 0x01, 0x03, 0x61,
      0x62, 0x63,
    ]
    var document = try TextDocument(encoded: bytes)
    #expect(document.text == "abc")
    #expect(document.encoded() == bytes)
  }

  @Test("a history that is written and read again is the same, and goes on the same")
  func encoded() throws {
    try histories(40) { history, dice in
      let half = history.steps.count / 2
      var document = TextDocument()
      for step in history.steps[..<half] { try document.apply(step.batch) }
      var again = try TextDocument(encoded: document.encoded())
      #expect(again.encoded() == document.encoded())
      for step in history.steps[half...] {
        #expect(try again.apply(step.batch) == document.apply(step.batch))
      }
      #expect(again.text == history.end.text)
      #expect(again.encoded() == document.encoded())
    }
  }

  @Test("a history is refused by a typed error wherever it ends too early")
  func truncated() throws {
    try histories(4) { history, dice in
      var document = try history.document()
      try document.erase([TextSpan(site: 1, sequences: 0..<1)])
      let bytes = document.encoded()
      for end in 0..<bytes.count {
        #expect(throws: DecodeError.self) { try TextDocument(encoded: Array(bytes[..<end])) }
      }
    }
  }

  @Test("a changed byte of a history is refused, or makes another history that is sound")
  func mutated() throws {
    try histories(6) { history, dice in
      var document = try history.document()
      let bytes = document.encoded()
      for _ in 0..<200 {
        var changed = bytes
        changed[dice.below(bytes.count)] = UInt8(dice.below(256))
        do throws(DecodeError) {
          var other = try TextDocument(encoded: changed)
          #expect(other.encoded() == changed, "there is one encoding of everything")
        } catch {}
      }
    }
  }
}

/// The order of a list that was 1 2 3.
extension KindTable {
  /// `x>1` makes x after 1, `x>0` at the beginning; `3>1` moves 3 there; `-2` deletes 2. What two
  /// people put at one spot lies side by side, the lesser site's first.
  static let list = KindTable(
    lists: "ordered list",
    """
    a    b    a→b    a∥b
    x>1  y>1  1yx23  1xy23
    x>0  y>0  yx123  xy123
    x>3  y>3  123yx  123xy
    x>1  y>x  1xy23  ·
    x>1  y>2  1x2y3  1x2y3
    x>1  3>1  13x2   1x32
    3>1  x>1  1x32   13x2
    3>1  3>0  312    312
    3>0  3>1  132    132
    1>3  3>0  321    321
    x>2  -2   1x3    1x3
    -2   x>1  1x3    1x3
    -2   2>3  ·      132!a
    2>3  -2   13     132!b

    a    b    c    a∥b∥c   a→b∥c   a→c∥b   b→c∥a   a→(b∥c)  (a∥b)→c  a→b→c
    x>1  y>1  z>1  1xyz23  1yxz23  1zxy23  1zxy23  1yzx23   1zxy23   1zyx23
    x>3  y>3  z>3  123xyz  123yxz  123zxy  123zxy  123yzx   123zxy   123zyx
    3>1  x>1  2>0  213x    21x3    213x    213x    21x3     213x     21x3
    """)

  /// Lines whose writes are words.
  init(lists name: String, _ text: String) {
    var lines: [Line] = []
    var relations: [Relation] = []
    var writes = 0
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.first == "a" {
        relations = words.compactMap(Relation.init)
        writes = words.count - relations.count
        continue
      }
      precondition(words.count == writes + relations.count, "\(name): \(line)")
      lines.append(
        Line(
          writes: Array(words.prefix(writes)),
          expected: Dictionary(uniqueKeysWithValues: zip(relations, words.dropFirst(writes)))))
    }
    self.init(name: name, lines: lines)
  }
}

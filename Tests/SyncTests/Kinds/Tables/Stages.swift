/// Which of two stages shows where neither author had seen the other's, for each stage of the city.
///
/// A line is the earlier write a, a column the later one b: `a` or `b` is further along forward
/// moves and shows; `?` is disputed: b shows, and a person is asked about a; `=` is the same stage
/// twice. Where b's author had seen a, b shows, also where it goes back.
extension KindTable {
  /// Lost and on hold lie on no path: beside anything else they are disputed.
  static let leadStage = KindTable(
    stages: "leadStage",
    """
                new qualified contacted meeting site_visit offer won lost on_hold
    new         =   b         b         b       b          b     b   ?    ?
    qualified   a   =         b         b       b          b     b   ?    ?
    contacted   a   a         =         b       b          b     b   ?    ?
    meeting     a   a         a         =       b          b     b   ?    ?
    site_visit  a   a         a         a       =          b     b   ?    ?
    offer       a   a         a         a       a          =     b   ?    ?
    won         a   a         a         a       a          a     =   ?    ?
    lost        ?   ?         ?         ?       ?          ?     ?   =    ?
    on_hold     ?   ?         ?         ?       ?          ?     ?   ?    =
    """)

  /// Stopped lies on no path.
  static let caseStage = KindTable(
    stages: "caseStage",
    """
                     intake search_location permits fit_out opened aftercare closed stopped
    intake           =      b               b       b       b      b         b      ?
    search_location  a      =               b       b       b      b         b      ?
    permits          a      a               =       b       b      b         b      ?
    fit_out          a      a               a       =       b      b         b      ?
    opened           a      a               a       a       =      b         b      ?
    aftercare        a      a               a       a       a      =         b      ?
    closed           a      a               a       a       a      a         =      ?
    stopped          ?      ?               ?       ?       ?      ?         ?      =
    """)

  /// Cancelled lies on no path.
  static let eventStatus = KindTable(
    stages: "eventStatus",
    """
               idea bid confirmed cancelled done
    idea       =    b   b         ?         b
    bid        a    =   b         ?         b
    confirmed  a    a   =         ?         b
    cancelled  ?    ?   ?         =         ?
    done       a    a   a         ?         =
    """)

  /// Withdrawn lies on no path.
  static let adviceStatus = KindTable(
    stages: "adviceStatus",
    """
                draft circulated adopted withdrawn answered
    draft       =     b          b       ?         b
    circulated  a     =          b       ?         b
    adopted     a     a          =       ?         b
    withdrawn   ?     ?          ?       =         ?
    answered    a     a          a       ?         =
    """)

  /// Whoever was checked in was there; cancelled beside no-show is disputed.
  static let attendanceStatus = KindTable(
    stages: "attendanceStatus",
    """
                invited registered checked_in cancelled no_show
    invited     =       b          b          b         b
    registered  a       =          b          b         b
    checked_in  a       a          =          a         a
    cancelled   a       a          b          =         ?
    no_show     a       a          b          ?         =
    """)

  /// Declined lies on no path.
  static let introStatus = KindTable(
    stages: "introStatus",
    """
                proposed accepted introduced declined
    proposed    =        b        b          ?
    accepted    a        =        b          ?
    introduced  a        a        =          ?
    declined    ?        ?        ?          =
    """)

  /// Rejected lies on no path.
  static let reportStatus = KindTable(
    stages: "reportStatus",
    """
                 open assigned in_progress resolved rejected
    open         =    b        b           b        ?
    assigned     a    =        b           b        ?
    in_progress  a    a        =           b        ?
    resolved     a    a        a           =        ?
    rejected     ?    ?        ?           ?        =
    """)

  /// Three writes of the stage of a lead: qualified (q), meeting (m), which lies ahead of it, and
  /// lost (l).
  static let threeStages = KindTable(
    "three stages",
    """
    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    qqq q     q     q     q     q       q       q
    qqm m     m     m     m     m       m       m
    qql l?qq  l?q   l?q   l?q   l?q     l       l
    qmq m     m     m     q     m       q       q
    qmm m     m     m     m     m       m       m
    qml l?qm  l?m   l?m   l?q   l?m     l       l
    qlq q?l   q?l   q?l   q     q?l     q       q
    qlm m?ql  m?l   m?l   m     m?l     m       m
    qll l?q   l     l     l?q   l       l       l
    mqq m     q     q     m     q       q       q
    mqm m     m     m     m     m       m       m
    mql l?mq  l?q   l?q   l?m   l?q     l       l
    mmq m     m     m     m     m       q       q
    mmm m     m     m     m     m       m       m
    mml l?mm  l?m   l?m   l?m   l?m     l       l
    mlq m?lq  q?l   q?l   m     q?l     q       q
    mlm m?l   m?l   m?l   m     m?l     m       m
    mll l?m   l     l     l?m   l       l       l
    lqq q?l   q     q     q?l   q       q       q
    lqm m?lq  m     m     m?l   m       m       m
    lql l?q   l?q   l?q   l     l?q     l       l
    lmq m?lq  m     m     q?l   m       q       q
    lmm m?l   m     m     m?l   m       m       m
    lml l?m   l?m   l?m   l     l?m     l       l
    llq q?ll  q?l   q?l   q?l   q?l     q       q
    llm m?ll  m?l   m?l   m?l   m?l     m       m
    lll l     l     l     l     l       l       l
    """)

  /// Lines of two writes from a matrix of codes.
  init(stages name: String, _ matrix: String) {
    let rows = matrix.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let later = rows[0]
    precondition(rows.dropFirst().map { $0[0] } == later, "\(name): a code without its line")
    var lines: [Line] = []
    for row in rows.dropFirst() {
      precondition(row.count == later.count + 1, "\(name): \(row)")
      for (b, cell) in zip(later, row.dropFirst()) {
        let a = row[0]
        let apart =
          switch cell {
          case "a": a
          case "b": b
          case "?": "\(b)?\(a)"
          default: b
          }
        lines.append(Line(writes: [a, b], expected: [.pairSeen: b, .pairApart: apart]))
      }
    }
    self.init(name: name, lines: lines)
  }
}

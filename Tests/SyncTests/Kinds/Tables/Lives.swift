/// Whether a record is there.
extension KindTable {
  /// Writes a field (w), deletes the record (d), keeps one that survived (k). `here!b` is a record
  /// that survived the deletion b, and says so.
  static let life = KindTable(
    "life of a record",
    """
    ab  a→b  a∥b
    ww  here here
    wd  gone here!b
    dw  ·    here!a
    dd  ·    gone

    abc a∥b∥c   a→b∥c  a→c∥b  b→c∥a  a→(b∥c) (a∥b)→c a→b→c
    www here    here   here   here   here    here    here
    wwd here!c  here!c here!c here!c here!c  gone    gone
    wdw here!b  here!b here!b ·      here!b  here!b  ·
    wdd here!bc gone   gone   ·      gone    gone    ·
    wdk ·       ·      ·      ·      ·       here    ·
    dww here!a  ·      ·      here!a ·       here!a  ·
    dwd here!ac ·      ·      gone   ·       gone    ·
    dwk ·       ·      ·      ·      ·       here    ·
    ddw here!ab ·      ·      ·      ·       ·       ·
    ddd gone    ·      ·      ·      ·       ·       ·
    """)

  /// Makes the record with its field x or its field y, or deletes it (d). Shown are the fields that
  /// it has, and the deletions that it survived.
  static let derived = KindTable(
    "record with a derived id",
    """
    ab  a→b  a∥b
    xx  ·    x
    xy  ·    xy
    xd  gone ·
    yx  ·    xy
    yy  ·    y
    yd  gone ·

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    xxx x     ·     ·     ·     ·       ·       ·
    xxy xy    ·     ·     ·     ·       ·       ·
    xxd ·     ·     x!c   x!c   ·       gone    ·
    xyx xy    ·     ·     ·     ·       ·       ·
    xyy xy    ·     ·     ·     ·       ·       ·
    xyd ·     ·     xy!c  xy!c  ·       gone    ·
    xdx ·     x!b   ·     ·     ·       ·       x
    xdy ·     xy!b  ·     ·     ·       ·       y
    xdd ·     ·     ·     ·     gone    ·       ·
    yxx xy    ·     ·     ·     ·       ·       ·
    yxy xy    ·     ·     ·     ·       ·       ·
    yxd ·     ·     xy!c  xy!c  ·       gone    ·
    yyx xy    ·     ·     ·     ·       ·       ·
    yyy y     ·     ·     ·     ·       ·       ·
    yyd ·     ·     y!c   y!c   ·       gone    ·
    ydx ·     xy!b  ·     ·     ·       ·       x
    ydy ·     y!b   ·     ·     ·       ·       y
    ydd ·     ·     ·     ·     gone    ·       ·
    """)
}

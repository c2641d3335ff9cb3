/// What shows of a register, and who is asked: `y?x` shows y and asks about x.
extension KindTable {
  /// x, y and nothing (-). The first value stays, whoever had seen it; who wrote nothing filled
  /// nothing in.
  static let once = KindTable(
    "once",
    """
    ab any
    xx x   xy x   x- x   yx y   yy y   y- y   -x x   -y y   -- -

    abc any
    xxx x   xxy x   xx- x   xyx x   xyy x   xy- x   x-x x   x-y x   x-- x
    yxx y   yxy y   yx- y   yyx y   yyy y   yy- y   y-x y   y-y y   y-- y
    -xx x   -xy x   -x- x   -yx y   -yy y   -y- y   --x x   --y y   --- -
    """)

  /// x, y and nothing (-). The last shows, and nobody is asked.
  static let quiet = KindTable(
    "quiet register",
    """
    ab any
    xx x   xy y   x- -   yx x   yy y   y- -   -x x   -y y   -- -

    abc any
    xxx x   xxy y   xx- -   xyx x   xyy y   xy- -   x-x x   x-y y   x-- -
    yxx x   yxy y   yx- -   yyx x   yyy y   yy- -   y-x x   y-y y   y-- -
    -xx x   -xy y   -x- -   -yx x   -yy y   -y- -   --x x   --y y   --- -
    """)

  /// x, y and nothing (-). The last shows; a person is asked about every other value that stands:
  /// that of a write that no other had seen. Losers are named in the order of their stamps.
  static let asking = KindTable(
    "asking register",
    """
    ab  a→b a∥b
    xx  x   x
    xy  y   y?x
    x-  -   -?x
    yx  x   x?y
    yy  y   y
    y-  -   -?y
    -x  x   x?-
    -y  y   y?-
    --  -   -

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    xxx x     x     x     x     x       x       x
    xxy y?xx  y?x   y?x   y?x   y?x     y       y
    xx- -?xx  -?x   -?x   -?x   -?x     -       -
    xyx x?y   x?y   x?y   x     x?y     x       x
    xyy y?x   y     y     y?x   y       y       y
    xy- -?xy  -?y   -?y   -?x   -?y     -       -
    x-x x?-   x?-   x?-   x     x?-     x       x
    x-y y?x-  y?-   y?-   y?x   y?-     y       y
    x-- -?x   -     -     -?x   -       -       -
    yxx x?y   x     x     x?y   x       x       x
    yxy y?x   y?x   y?x   y     y?x     y       y
    yx- -?yx  -?x   -?x   -?y   -?x     -       -
    yyx x?yy  x?y   x?y   x?y   x?y     x       x
    yyy y     y     y     y     y       y       y
    yy- -?yy  -?y   -?y   -?y   -?y     -       -
    y-x x?y-  x?-   x?-   x?y   x?-     x       x
    y-y y?-   y?-   y?-   y     y?-     y       y
    y-- -?y   -     -     -?y   -       -       -
    -xx x?-   x     x     x?-   x       x       x
    -xy y?-x  y?x   y?x   y?-   y?x     y       y
    -x- -?x   -?x   -?x   -     -?x     -       -
    -yx x?-y  x?y   x?y   x?-   x?y     x       x
    -yy y?-   y     y     y?-   y       y       y
    -y- -?y   -?y   -?y   -     -?y     -       -
    --x x?--  x?-   x?-   x?-   x?-     x       x
    --y y?--  y?-   y?-   y?-   y?-     y       y
    --- -     -     -     -     -       -       -
    """)
}

/// What shows under a key of a map whose keys are ranked or written once. Nobody is ever asked. A
/// removal takes what its author had seen there.
extension KindTable {
  /// x, y or taking the key out (-). The first of those that stand shows.
  static let mapOfOnce = KindTable(
    "map of once",
    """
    ab  a→b a∥b
    xx  x   x
    xy  x   x
    x-  -   x
    yx  y   y
    yy  y   y
    y-  -   y
    -x  x   x
    -y  y   y
    --  -   -

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    xxx x     x     x     x     x       x       x
    xxy x     x     x     x     x       x       x
    xx- x     x     x     x     x       -       -
    xyx x     x     x     x     x       x       x
    xyy x     x     x     x     x       x       x
    xy- x     x     y     x     y       -       -
    x-x x     x     x     x     x       x       x
    x-y x     y     x     x     y       x       y
    x-- x     -     -     x     -       -       -
    yxx y     y     y     y     y       y       y
    yxy y     y     y     y     y       y       y
    yx- y     y     x     y     x       -       -
    yyx y     y     y     y     y       y       y
    yyy y     y     y     y     y       y       y
    yy- y     y     y     y     y       -       -
    y-x y     x     y     y     x       y       x
    y-y y     y     y     y     y       y       y
    y-- y     -     -     y     -       -       -
    -xx x     x     x     x     x       x       x
    -xy x     x     x     x     x       x       x
    -x- x     x     x     -     x       -       -
    -yx y     y     y     y     y       y       y
    -yy y     y     y     y     y       y       y
    -y- y     y     y     -     y       -       -
    --x x     x     x     x     x       x       x
    --y y     y     y     y     y       y       y
    --- -     -     -     -     -       -       -
    """)

  /// 1, 2 or taking the key out (-): a removal takes what its author had seen, and nothing greater
  /// that was put there apart.
  static let mapOfGreatest = KindTable(
    "map of greatest number",
    """
    ab  a→b a∥b
    11  1   1
    12  2   2
    1-  -   1
    21  2   2
    22  2   2
    2-  -   2
    -1  1   1
    -2  2   2
    --  -   -

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    111 1     1     1     1     1       1       1
    112 2     2     2     2     2       2       2
    11- 1     1     1     1     1       -       -
    121 2     2     2     2     2       2       2
    122 2     2     2     2     2       2       2
    12- 2     2     2     1     2       -       -
    1-1 1     1     1     1     1       1       1
    1-2 2     2     2     2     2       2       2
    1-- 1     -     -     1     -       -       -
    211 2     2     2     2     2       2       2
    212 2     2     2     2     2       2       2
    21- 2     2     1     2     1       -       -
    221 2     2     2     2     2       2       2
    222 2     2     2     2     2       2       2
    22- 2     2     2     2     2       -       -
    2-1 2     1     2     2     1       2       1
    2-2 2     2     2     2     2       2       2
    2-- 2     -     -     2     -       -       -
    -11 1     1     1     1     1       1       1
    -12 2     2     2     2     2       2       2
    -1- 1     1     1     -     1       -       -
    -21 2     2     2     2     2       2       2
    -22 2     2     2     2     2       2       2
    -2- 2     2     2     -     2       -       -
    --1 1     1     1     1     1       1       1
    --2 2     2     2     2     2       2       2
    --- -     -     -     -     -       -       -
    """)

  /// 1, 2 or taking the key out (-).
  static let mapOfLeast = KindTable(
    "map of least number",
    """
    ab  a→b a∥b
    11  1   1
    12  1   1
    1-  -   1
    21  1   1
    22  2   2
    2-  -   2
    -1  1   1
    -2  2   2
    --  -   -
    """)

  /// 1, 2 or taking the key out (-). Who had seen the higher one may lower it.
  static let mapOfListOrder = KindTable(
    "map of list order",
    """
    ab  a→b a∥b
    11  1   1
    12  2   2
    1-  -   1
    21  1   2
    22  2   2
    2-  -   2
    -1  1   1
    -2  2   2
    --  -   -

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    111 1     1     1     1     1       1       1
    112 2     2     2     2     2       2       2
    11- 1     1     1     1     1       -       -
    121 2     2     2     1     2       1       1
    122 2     2     2     2     2       2       2
    12- 2     2     2     1     2       -       -
    1-1 1     1     1     1     1       1       1
    1-2 2     2     2     2     2       2       2
    1-- 1     -     -     1     -       -       -
    211 2     1     1     2     1       1       1
    212 2     2     2     2     2       2       2
    21- 2     1     1     2     1       -       -
    221 2     2     2     2     2       1       1
    222 2     2     2     2     2       2       2
    22- 2     2     2     2     2       -       -
    2-1 2     1     1     2     1       1       1
    2-2 2     2     2     2     2       2       2
    2-- 2     -     -     2     -       -       -
    -11 1     1     1     1     1       1       1
    -12 2     2     2     2     2       2       2
    -1- 1     1     1     -     1       -       -
    -21 2     2     2     1     2       1       1
    -22 2     2     2     2     2       2       2
    -2- 2     2     2     -     2       -       -
    --1 1     1     1     1     1       1       1
    --2 2     2     2     2     2       2       2
    --- -     -     -     -     -       -       -
    """)

  /// True (t), false (f) or taking the key out (-).
  static let mapOfTrueWins = KindTable(
    "map of true wins",
    """
    ab  a→b a∥b
    tt  t   t
    tf  f   t
    t-  -   t
    ft  t   t
    ff  f   f
    f-  -   f
    -t  t   t
    -f  f   f
    --  -   -
    """)

  /// True (t), false (f) or taking the key out (-).
  static let mapOfFalseWins = KindTable(
    "map of false wins",
    """
    ab  a→b a∥b
    tt  t   t
    tf  f   f
    t-  -   t
    ft  t   f
    ff  f   f
    f-  -   f
    -t  t   t
    -f  f   f
    --  -   -
    """)

  /// Tick (T), untick with a remark (R) or taking the key out (-).
  static let mapOfDone = KindTable(
    "map of done",
    """
    ab  a→b a∥b
    TT  T   T
    TR  R   R
    T-  -   T
    RT  T   R
    RR  R   R
    R-  -   R
    -T  T   T
    -R  R   R
    --  -   -
    """)
}

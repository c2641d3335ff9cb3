/// What shows of a ranked field. Nobody is ever asked.
extension KindTable {
  /// 1, 2 and 3. It never goes back, also where its author had seen the greater one.
  static let greatest = KindTable(
    "greatest number",
    """
    ab any
    11 1   12 2   13 3   21 2   22 2   23 3   31 3   32 3   33 3

    abc any
    111 1   112 2   113 3   121 2   122 2   123 3   131 3   132 3   133 3
    211 2   212 2   213 3   221 2   222 2   223 3   231 3   232 3   233 3
    311 3   312 3   313 3   321 3   322 3   323 3   331 3   332 3   333 3
    """)

  /// 1, 2 and 3. The least stays, also where its author had seen it.
  static let least = KindTable(
    "least number",
    """
    ab any
    11 1   12 1   13 1   21 1   22 2   23 2   31 1   32 2   33 3

    abc any
    111 1   112 1   113 1   121 1   122 1   123 1   131 1   132 1   133 1
    211 1   212 1   213 1   221 1   222 2   223 2   231 1   232 2   233 2
    311 1   312 1   313 1   321 1   322 2   323 2   331 1   332 2   333 3
    """)

  /// 1, 2 and 3 are codes in the order of their list. Who had seen the higher one may lower it.
  static let listOrder = KindTable(
    "order of a list",
    """
    ab  a→b a∥b
    11  1   1
    12  2   2
    13  3   3
    21  1   2
    22  2   2
    23  3   3
    31  1   3
    32  2   3
    33  3   3

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    111 1     1     1     1     1       1       1
    112 2     2     2     2     2       2       2
    113 3     3     3     3     3       3       3
    121 2     2     2     1     2       1       1
    122 2     2     2     2     2       2       2
    123 3     3     3     3     3       3       3
    131 3     3     3     1     3       1       1
    132 3     3     3     2     3       2       2
    133 3     3     3     3     3       3       3
    211 2     1     1     2     1       1       1
    212 2     2     2     2     2       2       2
    213 3     3     3     3     3       3       3
    221 2     2     2     2     2       1       1
    222 2     2     2     2     2       2       2
    223 3     3     3     3     3       3       3
    231 3     3     3     2     3       1       1
    232 3     3     3     2     3       2       2
    233 3     3     3     3     3       3       3
    311 3     1     1     3     1       1       1
    312 3     2     2     3     2       2       2
    313 3     3     3     3     3       3       3
    321 3     2     2     3     2       1       1
    322 3     2     2     3     2       2       2
    323 3     3     3     3     3       3       3
    331 3     3     3     3     3       1       1
    332 3     3     3     3     3       2       2
    333 3     3     3     3     3       3       3
    """)

  /// True (t), false (f) and nothing (-).
  static let trueWins = KindTable(
    "true wins",
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

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    ttt t     t     t     t     t       t       t
    ttf t     t     t     t     t       f       f
    tt- t     t     t     t     t       -       -
    tft t     t     t     t     t       t       t
    tff t     f     f     t     f       f       f
    tf- t     f     f     t     f       -       -
    t-t t     t     t     t     t       t       t
    t-f t     f     f     t     f       f       f
    t-- t     -     -     t     -       -       -
    ftt t     t     t     t     t       t       t
    ftf t     t     t     f     t       f       f
    ft- t     t     t     f     t       -       -
    fft t     t     t     t     t       t       t
    fff f     f     f     f     f       f       f
    ff- f     f     f     f     f       -       -
    f-t t     t     t     t     t       t       t
    f-f f     f     f     f     f       f       f
    f-- f     -     -     f     -       -       -
    -tt t     t     t     t     t       t       t
    -tf t     t     t     f     t       f       f
    -t- t     t     t     -     t       -       -
    -ft t     t     t     t     t       t       t
    -ff f     f     f     f     f       f       f
    -f- f     f     f     -     f       -       -
    --t t     t     t     t     t       t       t
    --f f     f     f     f     f       f       f
    --- -     -     -     -     -       -       -
    """)

  /// True (t), false (f) and nothing (-): of consent, a no wins over a yes that it had not seen.
  static let falseWins = KindTable(
    "false wins",
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

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    ttt t     t     t     t     t       t       t
    ttf f     f     f     f     f       f       f
    tt- t     t     t     t     t       -       -
    tft f     f     f     t     f       t       t
    tff f     f     f     f     f       f       f
    tf- f     f     f     t     f       -       -
    t-t t     t     t     t     t       t       t
    t-f f     f     f     f     f       f       f
    t-- t     -     -     t     -       -       -
    ftt f     t     t     f     t       t       t
    ftf f     f     f     f     f       f       f
    ft- f     t     t     f     t       -       -
    fft f     f     f     f     f       t       t
    fff f     f     f     f     f       f       f
    ff- f     f     f     f     f       -       -
    f-t f     t     t     f     t       t       t
    f-f f     f     f     f     f       f       f
    f-- f     -     -     f     -       -       -
    -tt t     t     t     t     t       t       t
    -tf f     f     f     f     f       f       f
    -t- t     t     t     -     t       -       -
    -ft f     f     f     t     f       t       t
    -ff f     f     f     f     f       f       f
    -f- f     f     f     -     f       -       -
    --t t     t     t     t     t       t       t
    --f f     f     f     f     f       f       f
    --- -     -     -     -     -       -       -
    """)

  /// Tick (T), untick (U), untick with a remark (R): each with who and when, as one value.
  static let done = KindTable(
    "done",
    """
    ab  a→b a∥b
    TT  T   T
    TU  U   T
    TR  R   R
    UT  T   T
    UU  U   U
    UR  R   R
    RT  T   R
    RU  U   R
    RR  R   R

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    TTT T     T     T     T     T       T       T
    TTU T     T     T     T     T       U       U
    TTR R     R     R     R     R       R       R
    TUT T     T     T     T     T       T       T
    TUU T     U     U     T     U       U       U
    TUR R     R     R     R     R       R       R
    TRT R     R     R     T     R       T       T
    TRU R     R     R     T     R       U       U
    TRR R     R     R     R     R       R       R
    UTT T     T     T     T     T       T       T
    UTU T     T     T     U     T       U       U
    UTR R     R     R     R     R       R       R
    UUT T     T     T     T     T       T       T
    UUU U     U     U     U     U       U       U
    UUR R     R     R     R     R       R       R
    URT R     R     R     T     R       T       T
    URU R     R     R     U     R       U       U
    URR R     R     R     R     R       R       R
    RTT R     T     T     R     T       T       T
    RTU R     T     T     R     T       U       U
    RTR R     R     R     R     R       R       R
    RUT R     T     T     R     T       T       T
    RUU R     U     U     R     U       U       U
    RUR R     R     R     R     R       R       R
    RRT R     R     R     R     R       T       T
    RRU R     R     R     R     R       U       U
    RRR R     R     R     R     R       R       R
    """)
}

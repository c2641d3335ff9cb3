/// What shows of sets, maps, counters and texts. Nobody is ever asked.
extension KindTable {
  /// Adds (+) and removes (-) one element. A removal takes what its author had seen there.
  static let set = KindTable(
    "set",
    """
    ab  a→b a∥b
    ++  +   +
    +-  -   +
    -+  +   +
    --  -   -

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    +++ +     +     +     +     +       +       +
    ++- +     +     +     +     +       -       -
    +-+ +     +     +     +     +       +       +
    +-- +     -     -     +     -       -       -
    -++ +     +     +     +     +       +       +
    -+- +     +     +     -     +       -       -
    --+ +     +     +     +     +       +       +
    --- -     -     -     -     -       -       -
    """)

  /// Writes x or y under one key, or takes the key out (-), as far as its author had seen it there.
  static let map = KindTable(
    "map",
    """
    ab  a→b a∥b
    xx  x   x
    xy  y   y
    x-  -   x
    yx  x   x
    yy  y   y
    y-  -   y
    -x  x   x
    -y  y   y
    --  -   -

    abc a∥b∥c a→b∥c a→c∥b b→c∥a a→(b∥c) (a∥b)→c a→b→c
    xxx x     x     x     x     x       x       x
    xxy y     y     y     y     y       y       y
    xx- x     x     x     x     x       -       -
    xyx x     x     x     x     x       x       x
    xyy y     y     y     y     y       y       y
    xy- y     y     y     x     y       -       -
    x-x x     x     x     x     x       x       x
    x-y y     y     y     y     y       y       y
    x-- x     -     -     x     -       -       -
    yxx x     x     x     x     x       x       x
    yxy y     y     y     y     y       y       y
    yx- x     x     x     y     x       -       -
    yyx x     x     x     x     x       x       x
    yyy y     y     y     y     y       y       y
    yy- y     y     y     y     y       -       -
    y-x x     x     x     x     x       x       x
    y-y y     y     y     y     y       y       y
    y-- y     -     -     y     -       -       -
    -xx x     x     x     x     x       x       x
    -xy y     y     y     y     y       y       y
    -x- x     x     x     -     x       -       -
    -yx x     x     x     x     x       x       x
    -yy y     y     y     y     y       y       y
    -y- y     y     y     -     y       -       -
    --x x     x     x     x     x       x       x
    --y y     y     y     y     y       y       y
    --- -     -     -     -     -       -       -
    """)

  /// Adds 1, 2 or 4: everything counts, once.
  static let counter = KindTable(
    "counter",
    """
    ab any
    11 2   12 3   14 5   21 3   22 4   24 6   41 5   42 6   44 8

    abc any
    111 3    112 4    114 6    121 4    122 5    124 7    141 6    142 7    144 9
    211 4    212 5    214 7    221 5    222 6    224 8    241 7    242 8    244 10
    411 6    412 7    414 9    421 7    422 8    424 10   441 9    442 10   444 12
    """)

  /// Types its own letter before what it sees of `mm` (f), after it (e), or deletes all it sees
  /// (d). At one place the lesser site goes first: `ammbc/ammcb` is with three sites, and with one
  /// that makes both a and c.
  static let text = KindTable(
    "text",
    """
    ab  a→b  a∥b
    ff  bamm abmm
    fe  ammb ammb
    fd  -    a
    ef  bmma bmma
    ee  mmab mmab
    ed  -    a
    df  b    b
    de  b    b
    dd  -    -

    abc a∥b∥c a→b∥c a→c∥b       b→c∥a a→(b∥c) (a∥b)→c a→b→c
    fff abcmm bacmm cabmm       acbmm bcamm   cabmm   cbamm
    ffe abmmc bammc abmmc       abmmc bammc   abmmc   bammc
    ffd ab    ba    b           a     b       -       -
    fef acmmb acmmb cammb       acmmb cammb   cammb   cammb
    fee ammbc ammbc ammbc/ammcb ammbc ammbc   ammbc   ammbc
    fed ab    ab    b           a     b       -       -
    fdf ac    c     ca          ac    c       ca      c
    fde ac    c     ac          ac    c       ac      c
    fdd a     -     -           a     -       -       -
    eff bcmma bcmma bcmma/cbmma cbmma bcmma   cbmma   cbmma
    efe bmmac bmmac bmmac       bmmac bmmac   bmmac   bmmac
    efd ba    ba    b           a     b       -       -
    eef cmmab cmmab cmmab       cmmab cmmab   cmmab   cmmab
    eee mmabc mmabc mmacb       mmabc mmabc   mmabc   mmabc
    eed ab    ab    b           a     b       -       -
    edf ca    c     ca          ca    c       ca      c
    ede ac    c     ac          ca    c       ac      c
    edd a     -     -           a     -       -       -
    dff bc    bc    bc/cb       cb    bc      cb      cb
    dfe bc    bc    bc/cb       bc    bc      bc      bc
    dfd b     b     b           -     b       -       -
    def cb    bc    cb          cb    bc      cb      cb
    dee bc    bc    cb          bc    bc      bc      bc
    ded b     b     b           -     b       -       -
    ddf c     c     c           c     c       c       c
    dde c     c     c           c     c       c       c
    ddd -     -     -           -     -       -       -
    """)
}

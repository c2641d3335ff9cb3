/// What a step changes in the text after everything that was merged before it.
struct TextEffect {
  var position: Int32
  var deleted: Int32
  /// How many scalars come, and their bytes in the log's content.
  var inserted: Int32
  var content: Range<Int>
}

/// The ids of a merge: exists only while steps are merged that did not know each other.
///
/// It holds the text twice in one order: as the author of the step at hand saw it (*prepared*) and
/// as it is after all that was merged (*effective*). Before a step is merged, the prepared version is
/// moved to the step's parents: steps its author did not know are retreated, those it knew are
/// advanced. Then its position, which is one in the author's text, leads to a place in the order and
/// from there to a position in the text of now.
///
/// Everything from before the merge is one item without end, the *base*.
///
/// Source: Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker", EuroSys 2025, section 3;
/// the order among concurrent insertions is FugueMax of Weidner & Kleppmann, "The Art of the Fugue",
/// 2023, in the form that scans from left to right.
struct TextTracker: ~Copyable {
  private var order = TextOrder()
  /// Which item holds a scalar that was inserted in this merge, and which one of the base.
  private var insertedItems = TextIndex()
  private var baseItems = TextIndex()

  /// What deletions deleted: for consecutive versions, consecutive ids.
  struct Target {
    var version: Int32
    var id: Int32
    var count: Int32
    /// The next target of the same run of the log, or -1.
    var next: Int32
  }
  private var targets = Pool<Target>()
  /// The first and the last target of a run of the log, or -1; by the run's index less `firstRun`.
  private var targetEnds = Pool<(first: Int32, last: Int32)>()
  private var firstRun = 0

  /// The version that is prepared.
  private(set) var version: [Int32] = []
  private var difference = TextGraph.Difference()

  init() {}

  /// Begins a merge above a version.
  ///
  /// - Parameter firstRun: the index of the first run of the log that may be merged.
  mutating func reset(base: [Int32], firstRun: Int) {
    order.reset()
    insertedItems.removeAll()
    baseItems.removeAll()
    baseItems.insert(id: TextItem.baseStart, item: 0)
    targets.removeAll()
    targetEnds.removeAll()
    self.firstRun = firstRun
    version = base
  }

  /// How many more scalars the prepared version has than the base.
  var preparedGrowth: Int { Int(order.preparedTotal - TextItem.baseCount) }
  /// The same for all that was merged.
  var effectiveGrowth: Int { Int(order.effectiveTotal - TextItem.baseCount) }

  // MARK: Versions

  /// Makes what a piece builds on the prepared version.
  @inline(__always)
  mutating func move(to piece: TextGraph.Piece, _ history: TextHistory) {
    if history.graph.builds(piece, on: version) { return }
    move(to: history.graph.parents(of: piece), history)
  }

  /// Makes `target` the prepared version.
  mutating func move(to target: ArraySlice<Int32>, _ history: TextHistory) {
    if version.elementsEqual(target) { return }
    history.graph.compare(version, target, into: &difference)
    // By index: a loop over the list itself would hold on to it.
    for index in difference.onlyFirst.indices {
      shift(difference.onlyFirst[index], by: -1, history.log)
    }
    for index in difference.onlySecond.indices {
      shift(difference.onlySecond[index], by: 1, history.log)
    }
    version.removeAll(keepingCapacity: true)
    for parent in target { version.append(parent) }
  }

  /// An insertion adds one to the state of its scalars and a deletion does too, so taking steps back
  /// and doing them again may happen in any order.
  private mutating func shift(_ range: Range<Int32>, by change: Int32, _ log: TextLog) {
    var index = log.index(of: range.lowerBound)
    while index < log.runs.count, log.runs[index].version < range.upperBound {
      let run = log.runs[index]
      let first = max(run.version, range.lowerBound)
      let end = min(run.end, range.upperBound)
      if run.isInsertion {
        shiftItems(first, end, by: change)
      } else {
        shiftTargets(index, first, end, by: change)
      }
      index += 1
    }
  }

  private mutating func shiftTargets(
    _ run: Int, _ first: Int32, _ end: Int32, by change: Int32
  ) {
    var index = targetEnds[run - firstRun].first
    while index >= 0, targets[index].version < end {
      let target = targets[index]
      let low = max(first, target.version) - target.version
      let high = min(end, target.version + target.count) - target.version
      if low < high { shiftItems(target.id + low, target.id + high, by: change) }
      index = target.next
    }
  }

  private mutating func shiftItems(_ first: Int32, _ end: Int32, by change: Int32) {
    var id = first
    while id < end {
      var item = holder(id)
      if order[item].id < id { item = split(item, at: id - order[item].id) }
      let rest = end - id
      if order[item].count > rest { split(item, at: rest) }
      order.setState(item, order[item].state + change)
      id += order[item].count
    }
  }

  // MARK: Ids

  @inline(__always)
  private func holder(_ id: Int32) -> Int32 {
    id >= TextItem.baseStart ? baseItems.item(holding: id) : insertedItems.item(holding: id)
  }

  @inline(__always)
  private mutating func index(_ id: Int32, _ item: Int32) {
    if id >= TextItem.baseStart {
      baseItems.insert(id: id, item: item)
    } else {
      insertedItems.insert(id: id, item: item)
    }
  }

  @discardableResult
  private mutating func split(_ item: Int32, at offset: Int32) -> Int32 {
    let right = order.split(item, at: offset)
    index(order[right].id, right)
    return right
  }

  /// Whether scalar `a` is to the left of scalar `b`; they differ.
  private func isOrdered(_ a: Int32, before b: Int32) -> Bool {
    if a == TextItem.start { return true }
    if b == TextItem.start { return false }
    let (left, right) = (holder(a), holder(b))
    return left == right ? a < b : order.isOrdered(left, before: right)
  }

  // MARK: Steps

  /// Merges steps whose parents are the prepared version, and says what they change in the text.
  mutating func merge(
    _ range: Range<Int32>, _ history: TextHistory, into effects: inout [TextEffect]
  ) {
    var index = history.log.index(of: range.lowerBound)
    while index < history.log.runs.count, history.log.runs[index].version < range.upperBound {
      let step = history.log.part(index, from: range.lowerBound, to: range.upperBound)
      if step.isInsertion {
        insert(step, history.sites, &effects)
      } else {
        delete(step, index, &effects)
      }
      index += 1
    }
    version.removeAll(keepingCapacity: true)
    version.append(range.upperBound - 1)
  }

  private mutating func insert(
    _ step: TextStep, _ sites: TextSites, _ effects: inout [TextEffect]
  ) {
    var new = TextItem(
      id: step.version, count: step.count, originLeft: TextItem.start,
      rightParent: TextItem.start, state: 1, isGone: false)
    var position: Int32 = 0
    var left: Int32 = -1
    if step.position > 0 {
      let place = order.place(prepared: step.position - 1)
      left = place.item
      new.originLeft = order[left].id + place.offset
      if place.offset + 1 < order[left].count { split(left, at: place.offset + 1) }
      position = place.effective + order[left].effective
    }
    var cursor = left < 0 ? order.first() : order.cursor(after: left)
    var next = order.item(at: &cursor)
    var isBesideLeft = true
    if order[next].state == 0 {
      var probe = cursor
      while order[next].state == 0 {
        order.advance(&probe)
        next = order.item(at: &probe)
      }
      new.rightParent = order[next].id
      isBesideLeft = !integrate(new, &cursor, &position, sites)
    } else {
      new.rightParent = order[next].id
    }
    effects.append(
      TextEffect(position: position, deleted: 0, inserted: step.count, content: step.content))
    if isBesideLeft, left >= 0, continues(order[left], with: new) {
      order.extend(left, by: step.count)
    } else {
      insertedItems.insert(id: new.id, item: order.insert(new, at: cursor))
    }
  }

  /// Whether `item`, typed on, holds the same as `item` and `new` side by side.
  @inline(__always)
  private func continues(_ item: TextItem, with new: TextItem) -> Bool {
    item.id + item.count == new.id && item.state == 1 && !item.isGone
      && item.rightParent == new.rightParent && new.originLeft == new.id - 1
  }

  /// Finds the place of `new` among the items at the cursor that its author did not know.
  ///
  /// Those that lie between its left neighbour and its right parent compete for the place. One whose
  /// left neighbour is further left ends the search: it and all that follows is to the right of
  /// `new`. One with the same left neighbour goes to the right of `new` where its right parent is
  /// further left or, the right parents being equal, where its id is greater; what hangs on a
  /// competitor goes with it. Whether a competitor with a right parent further left stays to the left
  /// is known only when the next one with the same neighbours was seen, hence `isOpen`.
  ///
  /// Returns whether the cursor moved.
  private func integrate(
    _ new: TextItem, _ cursor: inout TextOrder.Cursor, _ position: inout Int32, _ sites: TextSites
  ) -> Bool {
    var scan = cursor
    var scanPosition = position
    var isOpen = false
    var hasMoved = false
    while true {
      let other = order[order.item(at: &scan)]
      if other.state != 0 { break }
      if other.originLeft == new.originLeft {
        if other.rightParent == new.rightParent {
          if sites.id(of: new.id) < sites.id(of: other.id) { break }
          isOpen = false
        } else {
          isOpen = isOrdered(other.rightParent, before: new.rightParent)
        }
      } else if isOrdered(other.originLeft, before: new.originLeft) {
        break
      }
      order.advance(&scan)
      scanPosition += other.effective
      if !isOpen {
        cursor = scan
        position = scanPosition
        hasMoved = true
      }
    }
    return hasMoved
  }

  private mutating func delete(_ step: TextStep, _ run: Int, _ effects: inout [TextEffect]) {
    while targetEnds.count <= run - firstRun { targetEnds.append((-1, -1)) }
    var version = step.version
    let end = step.version + step.count
    while version < end {
      let place = order.place(prepared: step.position)
      let item = place.offset > 0 ? split(place.item, at: place.offset) : place.item
      if order[item].count > end - version { split(item, at: end - version) }
      let value = order[item]
      if !value.isGone {
        // What was split off keeps its state, so the offset counts only where the item is shown.
        add(deletion: value.count, at: place.effective + place.offset, to: &effects)
      }
      add(Target(version: version, id: value.id, count: value.count, next: -1), run - firstRun)
      order.delete(item)
      version += value.count
    }
  }

  private mutating func add(_ target: Target, _ run: Int) {
    let index = targets.append(target)
    if targetEnds[run].first < 0 {
      targetEnds[run].first = index
    } else {
      targets[targetEnds[run].last].next = index
    }
    targetEnds[run].last = index
  }

  private func add(deletion count: Int32, at position: Int32, to effects: inout [TextEffect]) {
    if let last = effects.last, last.inserted == 0, last.position == position {
      effects[effects.count - 1].deleted += count
    } else {
      effects.append(TextEffect(position: position, deleted: count, inserted: 0, content: 0..<0))
    }
  }

  // MARK: What stands

  /// Calls `body` with the id of the first scalar and the count of each stretch of the text that all
  /// merged steps leave, from left to right; the last one is what is left of the base, without end.
  func forEachShown(_ body: (Int32, Int32) -> Void) {
    var cursor = order.first()
    while true {
      let item = order[order.item(at: &cursor)]
      if !item.isGone { body(item.id, item.count) }
      if item.id >= TextItem.baseStart,
        item.id + item.count == TextItem.baseStart + TextItem.baseCount
      {
        return
      }
      order.advance(&cursor)
    }
  }
}

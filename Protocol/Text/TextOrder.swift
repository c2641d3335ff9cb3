/// Scalars that were inserted together and still share everything a merge knows about them.
struct TextItem {
  /// The step that inserted the first scalar: a version, or `TextItem.baseStart` + position for text
  /// from before the merge. The others count on from it.
  var id: Int32
  var count: Int32
  /// The scalar to the left when the first one was inserted; `start` for none. The others' is their
  /// neighbour.
  var originLeft: Int32
  /// The next scalar to the right that existed then, deleted or not; the same for all.
  var rightParent: Int32
  /// In the version that is looked at: 0 not yet inserted, 1 inserted, n + 1 deleted n times.
  var state: Int32
  /// Where the item is in the tree.
  var leaf: Int32 = 0
  /// Whether the text after everything that was merged lacks the item.
  var isGone: Bool

  static let start: Int32 = -1
  static let baseStart: Int32 = 1 << 30
  /// Longer than any text: the text from before a merge, of which nobody looks beyond the end.
  static let baseCount: Int32 = 1 << 29

  @inline(__always) var prepared: Int32 { state == 1 ? count : 0 }
  @inline(__always) var effective: Int32 { isGone ? 0 : count }
}

/// The items of a merge in their order: a B+ tree that counts scalars in two ways.
///
/// *Prepared* counts what the author of the step at hand had before them; *effective* counts what
/// the text shows after all that was merged. A seek by one gives the position in the other.
///
/// ```
/// nodes   [ child, prepared, effective | child, ... ]      the sums are of all below the child
/// leaves  [ item, item, ... ] -> next leaf
/// ```
///
/// Everything lives in a few flat allocations that grow and are used again after `reset`, because a
/// history has many short merges. Items keep their index for life, so other tables may point to them.
///
/// The memory is raw because this is the inner loop of merging. Its bounds hold since every index
/// comes from the tree itself.
struct TextOrder: ~Copyable {
  private static let leafCapacity = 16
  private static let nodeCapacity = 16

  struct Leaf {
    var count: Int32 = 0
    var node: Int32 = 0
    /// The leaf's index in its node.
    var place: Int32 = 0
    var next: Int32 = -1
  }
  struct Node {
    var count: Int32 = 0
    var parent: Int32 = -1
    var place: Int32 = 0
    var hasLeaves: Bool = true
  }
  struct Child {
    var index: Int32
    var prepared: Int32
    var effective: Int32
  }

  private var items = Pool<TextItem>()
  private var leaves = Pool<Leaf>()
  private var leafItems = Pool<Int32>()
  private var nodes = Pool<Node>()
  private var children = Pool<Child>()
  private var root: Int32 = 0
  /// All prepared and all effective scalars, the base with its endless rest included.
  private(set) var preparedTotal: Int32 = 0
  private(set) var effectiveTotal: Int32 = 0

  /// Where a scalar is: in which item, and the position of the item's first scalar in the text.
  struct Place {
    var item: Int32
    var offset: Int32
    var effective: Int32
  }

  /// One item only: the text from before the merge.
  mutating func reset() {
    items.removeAll()
    leaves.removeAll()
    leafItems.removeAll()
    nodes.removeAll()
    children.removeAll()
    preparedTotal = 0
    effectiveTotal = 0
    root = newNode(hasLeaves: true)
    let leaf = newLeaf()
    children[Int(root) * Self.nodeCapacity] = Child(index: leaf, prepared: 0, effective: 0)
    nodes[root].count = 1
    _ = insert(
      TextItem(
        id: TextItem.baseStart, count: TextItem.baseCount, originLeft: TextItem.start,
        rightParent: TextItem.start, state: 1, isGone: false), leaf, 0)
  }

  // MARK: Looking

  @inline(__always)
  subscript(_ item: Int32) -> TextItem { items[item] }

  /// The scalar at a prepared position.
  @inline(__always)
  func place(prepared position: Int32) -> Place {
    var rest = position
    var effective: Int32 = 0
    var node = root
    while true {
      var child = Int(node) * Self.nodeCapacity
      while rest >= children[child].prepared {
        rest -= children[child].prepared
        effective += children[child].effective
        child += 1
      }
      let below = children[child].index
      guard nodes[node].hasLeaves else {
        node = below
        continue
      }
      var index = Int(below) * Self.leafCapacity
      while true {
        let item = items[leafItems[index]]
        if rest < item.prepared {
          return Place(item: leafItems[index], offset: rest, effective: effective)
        }
        rest -= item.prepared
        effective += item.effective
        index += 1
      }
    }
  }

  /// A walk over items from left to right.
  struct Cursor {
    fileprivate var leaf: Int32
    fileprivate var index: Int32
  }

  /// Before the first item.
  @inline(__always)
  func first() -> Cursor {
    // Splitting puts new leaves to the right, so the first leaf stays the first.
    Cursor(leaf: 0, index: 0)
  }

  @inline(__always)
  func cursor(after item: Int32) -> Cursor {
    Cursor(leaf: items[item].leaf, index: indexInLeaf(item) + 1)
  }

  /// The item to the right. The base is never passed, so there is one.
  @inline(__always)
  func item(at cursor: inout Cursor) -> Int32 {
    while cursor.index == leaves[cursor.leaf].count {
      cursor = Cursor(leaf: leaves[cursor.leaf].next, index: 0)
    }
    return leafItems[Int(cursor.leaf) * Self.leafCapacity + Int(cursor.index)]
  }

  @inline(__always)
  func advance(_ cursor: inout Cursor) { cursor.index += 1 }

  @inline(__always)
  private func indexInLeaf(_ item: Int32) -> Int32 {
    let first = Int(items[item].leaf) * Self.leafCapacity
    var index = first
    while leafItems[index] != item { index += 1 }
    return Int32(index - first)
  }

  /// Whether item `a` is to the left of item `b`; they differ.
  func isOrdered(_ a: Int32, before b: Int32) -> Bool {
    var (left, right) = (items[a].leaf, items[b].leaf)
    if left == right { return indexInLeaf(a) < indexInLeaf(b) }
    var leftPlace = leaves[left].place
    var rightPlace = leaves[right].place
    (left, right) = (leaves[left].node, leaves[right].node)
    while left != right {
      leftPlace = nodes[left].place
      rightPlace = nodes[right].place
      (left, right) = (nodes[left].parent, nodes[right].parent)
    }
    return leftPlace < rightPlace
  }

  /// The position in the text of the item's first scalar.
  func effectivePosition(_ item: Int32) -> Int32 {
    let leaf = items[item].leaf
    var sum: Int32 = 0
    var index = Int(leaf) * Self.leafCapacity
    while leafItems[index] != item {
      sum += items[leafItems[index]].effective
      index += 1
    }
    var (node, place) = (leaves[leaf].node, leaves[leaf].place)
    while node >= 0 {
      let first = Int(node) * Self.nodeCapacity
      for child in first..<first + Int(place) { sum += children[child].effective }
      (node, place) = (nodes[node].parent, nodes[node].place)
    }
    return sum
  }

  // MARK: Changing

  /// Returns the index of the new item.
  @inline(__always)
  @discardableResult
  mutating func insert(_ item: TextItem, at cursor: Cursor) -> Int32 {
    insert(item, cursor.leaf, cursor.index)
  }

  /// Cuts an item in two. Returns the index of the right part; the left one keeps its own.
  mutating func split(_ index: Int32, at offset: Int32) -> Int32 {
    var right = items[index]
    right.id += offset
    right.count -= offset
    right.originLeft = right.id - 1
    let place = indexInLeaf(index) + 1
    add(right.leaf, -right.prepared, -right.effective)
    items[index].count = offset
    return insert(right, right.leaf, place)
  }

  @inline(__always)
  mutating func setState(_ item: Int32, _ state: Int32) {
    let before = items[item].prepared
    items[item].state = state
    let change = items[item].prepared - before
    if change != 0 { add(items[item].leaf, change, 0) }
  }

  /// Deletes the item both in the version looked at and in the text.
  @inline(__always)
  mutating func delete(_ item: Int32) {
    let value = items[item]
    items[item].state = value.state + 1
    items[item].isGone = true
    add(value.leaf, -value.prepared, -value.effective)
  }

  /// Adds `count` scalars to an item that is inserted and shown.
  @inline(__always)
  mutating func extend(_ item: Int32, by count: Int32) {
    items[item].count += count
    add(items[item].leaf, count, count)
  }

  private mutating func insert(_ item: TextItem, _ leaf: Int32, _ index: Int32) -> Int32 {
    var (leaf, index) = (leaf, index)
    if leaves[leaf].count == Self.leafCapacity {
      let right = splitLeaf(leaf)
      if index > leaves[leaf].count {
        index -= leaves[leaf].count
        leaf = right
      }
    }
    let slot = items.append(item)
    items[slot].leaf = leaf
    let first = Int(leaf) * Self.leafCapacity
    leafItems.move(first + Int(index), to: first + Int(index) + 1, Int(leaves[leaf].count - index))
    leafItems[first + Int(index)] = slot
    leaves[leaf].count += 1
    add(leaf, item.prepared, item.effective)
    return slot
  }

  @inline(__always)
  private mutating func add(_ leaf: Int32, _ prepared: Int32, _ effective: Int32) {
    preparedTotal += prepared
    effectiveTotal += effective
    var (node, place) = (leaves[leaf].node, leaves[leaf].place)
    while node >= 0 {
      let child = Int(node) * Self.nodeCapacity + Int(place)
      children[child].prepared += prepared
      children[child].effective += effective
      (node, place) = (nodes[node].parent, nodes[node].place)
    }
  }

  private mutating func newLeaf() -> Int32 {
    leafItems.grow(by: Self.leafCapacity)
    return leaves.append(Leaf())
  }

  private mutating func newNode(hasLeaves: Bool) -> Int32 {
    children.grow(by: Self.nodeCapacity)
    return nodes.append(Node(hasLeaves: hasLeaves))
  }

  /// Moves the upper half of a full leaf into a new one to its right.
  private mutating func splitLeaf(_ leaf: Int32) -> Int32 {
    if nodes[leaves[leaf].node].count == Self.nodeCapacity { splitNode(leaves[leaf].node) }
    let new = newLeaf()
    let half = Self.leafCapacity / 2
    let source = Int(leaf) * Self.leafCapacity + half
    let target = Int(new) * Self.leafCapacity
    leafItems.move(source, to: target, Self.leafCapacity - half)
    var sums = Child(index: new, prepared: 0, effective: 0)
    for index in target..<target + Self.leafCapacity - half {
      let item = leafItems[index]
      items[item].leaf = new
      sums.prepared += items[item].prepared
      sums.effective += items[item].effective
    }
    leaves[leaf].count = Int32(half)
    leaves[new].count = Int32(Self.leafCapacity - half)
    leaves[new].next = leaves[leaf].next
    leaves[leaf].next = new
    insertChild(sums, leaves[leaf].node, rightOf: leaves[leaf].place)
    return new
  }

  /// Moves the upper half of a full node into a new one to its right.
  private mutating func splitNode(_ node: Int32) {
    if nodes[node].parent < 0 { addRoot(above: node) }
    if nodes[nodes[node].parent].count == Self.nodeCapacity { splitNode(nodes[node].parent) }
    let new = newNode(hasLeaves: nodes[node].hasLeaves)
    let half = Self.nodeCapacity / 2
    let source = Int(node) * Self.nodeCapacity + half
    let target = Int(new) * Self.nodeCapacity
    children.move(source, to: target, Self.nodeCapacity - half)
    nodes[node].count = Int32(half)
    nodes[new].count = Int32(Self.nodeCapacity - half)
    var sums = Child(index: new, prepared: 0, effective: 0)
    for place in 0..<Self.nodeCapacity - half {
      setParent(new, place)
      sums.prepared += children[target + place].prepared
      sums.effective += children[target + place].effective
    }
    insertChild(sums, nodes[node].parent, rightOf: nodes[node].place)
  }

  /// Puts a child into a node that has room for it; its sums are taken from its left neighbour.
  private mutating func insertChild(_ child: Child, _ node: Int32, rightOf neighbour: Int32) {
    let first = Int(node) * Self.nodeCapacity + Int(neighbour)
    children[first].prepared -= child.prepared
    children[first].effective -= child.effective
    children.move(first + 1, to: first + 2, Int(nodes[node].count - neighbour) - 1)
    children[first + 1] = child
    nodes[node].count += 1
    for place in Int(neighbour) + 1..<Int(nodes[node].count) { setParent(node, place) }
  }

  /// Tells a node's child where it is.
  private mutating func setParent(_ node: Int32, _ place: Int) {
    let child = children[Int(node) * Self.nodeCapacity + place].index
    if nodes[node].hasLeaves {
      leaves[child].node = node
      leaves[child].place = Int32(place)
    } else {
      nodes[child].parent = node
      nodes[child].place = Int32(place)
    }
  }

  private mutating func addRoot(above node: Int32) {
    let new = newNode(hasLeaves: false)
    var sums = Child(index: node, prepared: 0, effective: 0)
    let first = Int(node) * Self.nodeCapacity
    for child in first..<first + Int(nodes[node].count) {
      sums.prepared += children[child].prepared
      sums.effective += children[child].effective
    }
    children[Int(new) * Self.nodeCapacity] = sums
    nodes[new].count = 1
    root = new
    setParent(new, 0)
  }
}

/// Raw memory for plain elements, which only grows and is used again when emptied.
///
/// An index is checked in debug builds only: the owner hands out its own indices and no others.
struct Pool<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = 64
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(_ index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return base[index]
    }
    _modify {
      assert(index >= 0 && index < count)
      yield &base[index]
    }
  }

  @inline(__always)
  subscript(_ index: Int32) -> Element {
    get { self[Int(index)] }
    _modify { yield &self[Int(index)] }
  }

  @inline(__always)
  @discardableResult
  mutating func append(_ element: Element) -> Int32 {
    if count == capacity { enlarge(to: count + 1) }
    base[count] = element
    count += 1
    return Int32(truncatingIfNeeded: count - 1)
  }

  /// Makes room for more elements, whose values are whatever was there.
  mutating func grow(by more: Int) {
    if count + more > capacity { enlarge(to: count + more) }
    count += more
  }

  /// Copies elements within the pool; the two ranges may overlap.
  @inline(__always)
  mutating func move(_ source: Int, to target: Int, _ elements: Int) {
    assert(source >= 0 && target >= 0 && max(source, target) + elements <= count)
    (base + target).update(from: base + source, count: elements)
  }

  mutating func removeAll() { count = 0 }

  mutating func removeLast() {
    assert(count > 0)
    count -= 1
  }

  private mutating func enlarge(to wanted: Int) {
    let larger = max(wanted, capacity * 2)
    let new = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    new.update(from: base, count: count)
    base.deallocate()
    base = new
    capacity = larger
  }
}

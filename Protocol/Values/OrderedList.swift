/// The records of one ordered list in their order, and what it takes to put one of them somewhere.
///
/// The order is that of their places. Records with one place, as two writes around this type may
/// leave, lie in the order of their ids; those without a place come last, likewise.
public struct OrderedList: Sendable {
  public struct Item: Sendable, Hashable {
    public let row: RowID
    public let place: FractionalIndex?
    public init(_ row: RowID, _ place: FractionalIndex?) {
      self.row = row
      self.place = place
    }
  }

  public enum Spot: Sendable, Hashable {
    case first
    case last
    case before(RowID)
    case after(RowID)
  }

  public let items: [Item]

  public init(_ items: [Item]) {
    self.items = items.sorted { a, b in
      switch (a.place, b.place) {
      case (let left?, let right?) where left != right: left < right
      case (.some, nil): true
      case (nil, .some): false
      default: a.row < b.row
      }
    }
  }

  /// The places to write so that `row`, of the list or new to it, lies at a spot: none where it
  /// lies there, else its own. Records without a place that come before it get one too; and where
  /// there is no room between its neighbours, all that have a place get another: what somebody puts
  /// there meanwhile then lies where its own place says.
  ///
  /// - Returns: nil where the spot names a record that is not in the list.
  public func placing(_ row: RowID, _ spot: Spot, site: UInt32) -> [Item]? {
    let others = items.filter { $0.row != row }
    guard let index = index(of: spot, in: others) else { return nil }
    if let own = items.firstIndex(where: { $0.row == row }), own == index,
      items[own].place != nil
    {
      return []
    }
    let placed = others.prefix { $0.place != nil }
    if index > placed.count {
      return append(others[placed.count..<index].map(\.row) + [row], placed.last?.place, site)
    }
    if let place = FractionalIndex.between(
      index > 0 ? placed[index - 1].place : nil,
      index < placed.count ? placed[index].place : nil, site: site)
    {
      return [Item(row, place)]
    }
    var rows = placed.map(\.row)
    rows.insert(row, at: index)
    return zip(rows, FractionalIndex.spread(rows.count, site: site)).map { Item($0, $1) }
  }

  private func index(of spot: Spot, in others: [Item]) -> Int? {
    switch spot {
    case .first: 0
    case .last: others.count
    case .before(let other): others.firstIndex { $0.row == other }
    case .after(let other): others.firstIndex { $0.row == other }.map { $0 + 1 }
    }
  }

  /// Places for records after one another.
  private func append(_ rows: [RowID], _ last: FractionalIndex?, _ site: UInt32) -> [Item] {
    var last = last
    return rows.map { row in
      last = FractionalIndex.between(last, nil, site: site)
      return Item(row, last)
    }
  }
}

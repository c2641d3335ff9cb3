import Protocol

/// Hashes of cells, for FORMAT.md's section on digests: each with all that goes into it.
enum GoldenCells {
  private struct Cell {
    let row: Int64
    let stamp: HLC
    let id: TransactionID
    let tag: Tag
    /// A key before the value, for an element of a set or a key of a map.
    let key: Value?
    let value: Value
  }

  private static let cells: [Cell] = {
    let row = GoldenRequests.row.raw
    let stamp = HLC(milliseconds: GoldenRequests.noon, counter: 1)
    let id = TransactionID(site: GoldenRequests.site, sequence: 2)
    func cell(_ tag: Tag, key: Value? = nil, _ value: Value) -> Cell {
      Cell(row: row, stamp: stamp, id: id, tag: tag, key: key, value: value)
    }
    return [
      cell(0, .null), cell(16, .null), cell(16, "Café Zonder Naam"), cell(17, .int(Int64.min)),
      cell(18, .real(3.5)), cell(19, .group(["2026-10-20", .null, 7])),
      cell(20, key: "haven", .null), cell(22, key: 2026, 14),
      cell(24, .text(String(repeating: "Wintercircus ", count: 20))),
      Cell(
        row: 1 << 62 | 5, stamp: .zero, id: TransactionID(site: 1, sequence: 1),
        tag: Tag.max, key: nil, value: .bytes([UInt8](0..<100))),
    ]
  }()

  static var text: String {
    var json = JSONText()
    var sum: UInt64 = 0
    json.object { json in
      json.key("cells")
      json.array { json in
        for cell in cells {
          let hash = hash(cell)
          sum &+= hash
          json.object { json in
            json.member("row", integer: cell.row)
            json.member("stamp", string: Hex.text(cell.stamp.raw))
            json.member("site", integer: Int64(cell.id.site))
            json.member("sequence", integer: Int64(cell.id.sequence))
            json.member("tag", integer: Int64(cell.tag))
            if let key = cell.key {
              json.key("key")
              BatchDescription.write(key, to: &json)
            }
            json.key("value")
            BatchDescription.write(cell.value, to: &json)
            json.member("hash", string: Hex.text(hash))
          }
        }
      }
      json.member("digest", string: Hex.text(sum))
    }
    return json.text
  }

  private static func hash(_ cell: Cell) -> UInt64 {
    let input = (cell.key?.encoded ?? []) + cell.value.encoded
    let seed = CellHash.seed(
      row: cell.row, hlc: cell.stamp.raw, site: cell.id.site, sequence: cell.id.sequence)
    return input.withUnsafeBytes { CellHash.cell(seed: seed, tag: cell.tag, value: $0) }
  }
}

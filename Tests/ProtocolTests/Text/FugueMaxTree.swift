import Protocol

/// One replica's list of characters as the paper draws it: a tree with a node a character, deleted
/// ones included. Slow and obvious, it is what the merge of texts is compared with.
///
/// A node is a left or a right child of its parent; the list is the tree read in order. Left children
/// of one parent are ordered by id. Right children are ordered by their right origin, the character
/// that stood to the right when they were written: the further right it was, the further left they
/// come; with the same one, by id.
///
/// Source: Weidner & Kleppmann, "The Art of the Fugue", 2023, section 3 and FugueMax in section 4.
struct FugueMaxTree {
  enum Side { case left, right }

  /// What its author tells the others.
  enum Message {
    case insert(TextID, Unicode.Scalar, parent: TextID?, Side, rightOrigin: TextID?)
    case delete(TextID)
  }

  private struct Node {
    let scalar: Unicode.Scalar
    let rightOrigin: TextID?
    var isDeleted = false
    var left: [TextID] = []
    var right: [TextID] = []
  }
  /// Under nil is the root, which has right children only.
  private var nodes: [TextID?: Node] = [nil: Node(scalar: " ", rightOrigin: nil, isDeleted: true)]

  /// All characters in the order of the list, deleted ones too.
  private func list(under id: TextID? = nil) -> [TextID] {
    guard let node = nodes[id] else { return [] }
    return node.left.flatMap { list(under: $0) } + (id.map { [$0] } ?? [])
      + node.right.flatMap { list(under: $0) }
  }

  private var shown: [TextID] { list().filter { nodes[$0]?.isDeleted == false } }
  var count: Int { shown.count }
  var text: String {
    var text = ""
    for id in shown { nodes[id].map { text.unicodeScalars.append($0.scalar) } }
    return text
  }

  /// What the author of these edits tells, whose steps are counted from `sequence` on. The edits are
  /// made here too.
  mutating func edit(_ edits: [TextEdit], by site: UInt32, from sequence: Int) -> [Message] {
    var sequence = sequence
    var messages: [Message] = []
    func id() -> TextID {
      defer { sequence += 1 }
      return TextID(site: site, sequence: sequence)
    }
    for edit in edits {
      for _ in 0..<edit.deleted {
        _ = id()
        messages.append(.delete(shown[edit.position]))
        apply(messages[messages.count - 1])
      }
      for (index, scalar) in edit.inserted.unicodeScalars.enumerated() {
        messages.append(insertion(id(), scalar, at: edit.position + index))
        apply(messages[messages.count - 1])
      }
    }
    return messages
  }

  private func insertion(_ id: TextID, _ scalar: Unicode.Scalar, at position: Int) -> Message {
    let list = list()
    let leftOrigin = position == 0 ? nil : shown[position - 1]
    let next = leftOrigin.map { (list.firstIndex(of: $0) ?? 0) + 1 } ?? 0
    let rightOrigin = next < list.count ? list[next] : nil
    if nodes[leftOrigin]?.right.isEmpty == true {
      return .insert(id, scalar, parent: leftOrigin, .right, rightOrigin: rightOrigin)
    }
    return .insert(id, scalar, parent: rightOrigin, .left, rightOrigin: rightOrigin)
  }

  mutating func apply(_ message: Message) {
    switch message {
    case .delete(let id): nodes[id]?.isDeleted = true
    case .insert(let id, let scalar, let parent, .left, let rightOrigin):
      guard nodes[id] == nil else { return }
      nodes[id] = Node(scalar: scalar, rightOrigin: rightOrigin)
      nodes[parent]?.left.append(id)
      nodes[parent]?.left.sort()
    case .insert(let id, let scalar, let parent, .right, let rightOrigin):
      guard nodes[id] == nil else { return }
      nodes[id] = Node(scalar: scalar, rightOrigin: rightOrigin)
      let list = list()
      var siblings = (nodes[parent]?.right ?? []) + [id]
      // How far right each one's right origin is.
      var places: [TextID: Int] = [:]
      for sibling in siblings {
        let origin = nodes[sibling]?.rightOrigin
        places[sibling] = origin.flatMap { list.firstIndex(of: $0) } ?? .max
      }
      siblings.sort { a, b in
        let (left, right) = (places[a] ?? .max, places[b] ?? .max)
        return left == right ? a < b : left > right
      }
      nodes[parent]?.right = siblings
    }
  }
}

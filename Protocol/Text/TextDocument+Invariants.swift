extension TextDocument {
  /// What is wrong with the document, in sentences; nothing where all is well. Costs a replay of the
  /// whole history, from its encoding.
  public func checkInvariants() -> [String] {
    var problems: [String] = []
    func expect(_ isTrue: Bool, _ rule: String) { if !isTrue { problems.append(rule) } }
    let steps = Int(history.count)
    expect(
      history.graph.count == steps && Int(history.sites.count) == steps,
      "graph, sites and log have the same steps")
    expect(history.graph.isFrontier(frontier), "no step of the frontier builds on another")
    var reached = TextGraph.Difference()
    history.graph.compare(frontier, [][...], into: &reached)
    expect(
      reached.onlyFirst.reduce(0) { $0 + $1.count } == steps, "every step is under the frontier")
    expect(
      zip(marks, marks.dropFirst()).allSatisfy { $0.position < $1.position }
        && marks.first?.position ?? .max > base.position, "positions ascend")
    expect(
      zip(holes, holes.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
        && holes.last?.upperBound ?? 0 <= history.log.contentScalars,
      "holes ascend, apart, within what was inserted")
    expect(
      TextHoles.erased(holes, in: history.log.content) == history.log.content,
      "nothing stands in a hole")
    problems += history.log.problems() + buffer.problems()
    problems += problemsOfReplay()
    return problems
  }

  private func problemsOfReplay() -> [String] {
    var copy = self
    let encoded = copy.encoded()
    do {
      var again = try TextDocument(encoded: encoded, limits: limits)
      return (again.buffer.bytes == buffer.bytes ? [] : ["a replay ends in the same text"])
        + (again.encoded() == encoded ? [] : ["an encoding is read as what it was"])
    } catch {
      return ["the encoding can be read: \(error)"]
    }
  }
}

extension TextLog {
  fileprivate func problems() -> [String] {
    var version: Int32 = 0
    var scalars = 0
    for run in runs {
      if run.version != version || run.count == 0 || run.position < 0 {
        return ["runs cover all versions without gaps"]
      }
      version = run.end
      if run.isInsertion { scalars += Int(run.count) }
    }
    guard version == count, scalars == contentScalars,
      let text = String(validating: content, as: UTF8.self), text.unicodeScalars.count == scalars
    else { return ["what the runs insert is what the content has"] }
    return []
  }
}

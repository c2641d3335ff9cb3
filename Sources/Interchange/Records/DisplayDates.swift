import Protocol

/// Dates as people write them: `di 20 okt 2026`, `okt 2026`, `2026`.
struct DisplayDates {
  let language: Language

  func text(of wall: CivilTime) -> String {
    let time = "\(CivilTime.padded(wall.hour)):\(CivilTime.padded(wall.minute))"
    return "\(day(wall)) \(time)"
  }

  /// A stored date with the precision it has; what is no date stays as it is.
  func text(of stored: String) -> String {
    let pieces = stored.split(separator: "-").map { Int($0) }
    guard let year = pieces.first ?? nil else { return stored }
    switch pieces.count {
    case 2:
      guard let month = pieces[1], (1...12).contains(month) else { return stored }
      return "\(months[month - 1]) \(year)"
    case 3:
      guard let month = pieces[1], let day = pieces[2],
        let date = CivilTime(year: year, month: month, day: day)
      else { return stored }
      return self.day(date)
    default: return stored
    }
  }

  private func day(_ date: CivilTime) -> String {
    "\(days[date.weekday]) \(date.day) \(months[date.month - 1]) \(date.year)"
  }

  private var days: [String] {
    switch language {
    case .nl: ["ma", "di", "wo", "do", "vr", "za", "zo"]
    case .en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    }
  }

  private var months: [String] {
    switch language {
    case .nl:
      ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
    case .en:
      ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    }
  }
}

import Protocol

/// Numbers as they are written in Belgium (`1.234,5`) and in English (`1,234.5`).
struct DisplayNumbers {
  let language: Language

  func whole(_ number: Int64) -> String {
    "\(number < 0 ? "-" : "")\(grouped(String(number.magnitude)))"
  }

  func decimal(_ number: Double) -> String {
    let plain = PlainText.text(.real(number), type: .decimal(digits: 15, 0...0))
    guard !plain.contains("e") else { return plain }
    let sign = plain.hasPrefix("-") ? "-" : ""
    let pieces = plain.drop { $0 == "-" }.split(separator: ".")
    let whole = grouped(String(pieces.first ?? "0"))
    return pieces.count == 2 ? "\(sign)\(whole)\(point)\(pieces[1])" : "\(sign)\(whole)"
  }

  /// `€ 1.234,56`
  func euros(_ cents: Int64) -> String {
    let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = cents < 0 ? "-" : ""
    return "€ \(sign)\(grouped(String(whole)))\(point)\(CivilTime.padded(Int(rest)))"
  }

  func percent(_ number: Int64) -> String {
    language == .nl ? "\(whole(number)) %" : "\(whole(number))%"
  }

  private var point: String { language == .nl ? "," : "." }

  private func grouped(_ digits: String) -> String {
    let separator: Character = language == .nl ? "." : ","
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(separator) }
      result.append(digit)
    }
    return result
  }
}

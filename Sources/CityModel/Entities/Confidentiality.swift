import Protocol

extension Field {
  /// Of concurrent levels the most restrictive shows; whoever has seen it may lower it.
  static func confidentiality(_ tag: Tag, starting code: Value = "internal") -> Field {
    .ranked(
      tag, "confidentiality", .enumeration("confidentiality"), by: .listOrder, "Vertrouwelijkheid",
      "Confidentiality"
    )
    .required.starting(code).help("het strengste niveau wint", "the most restrictive level wins")
  }
}

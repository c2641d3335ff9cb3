import Protocol

/// The messages by which a device asks for the history of a record.
enum GoldenHistory {
  static var request: HistoryRequest {
    HistoryRequest(
      modelName: "gent-economy", row: RowID(site: 7, counter: 300), after: 4_100, pageBytes: 65_536)
  }

  static var answer: HistoryResponse {
    HistoryResponse(through: 4_242, hasMore: true, page: GoldenAnswers.more.page)
  }
}

/// The names of the HTTP form of the protocol (HTTP.md), which both ends must spell alike.
public enum HTTPForm {
  /// The media type of every request and answer body.
  public static let mediaType = "application/vnd.kaai.sync"

  public static let syncPath = "/v1/sync"
  public static let enrolPath = "/v1/enrol"
  public static let historyPath = "/v1/history"
  public static let livePath = "/v1/health/live"
  public static let readyPath = "/v1/health/ready"
}

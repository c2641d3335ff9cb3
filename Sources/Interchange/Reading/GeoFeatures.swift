import Protocol

/// The features of a GeoJSON file (RFC 7946) with the lines they begin on.
///
/// A position is longitude first, in WGS84 degrees. Only points keep their position here; other
/// geometries are read and left.
public struct GeoFeatures: Sendable {
  public struct Feature: Sendable {
    public let line: Int
    public let properties: JSONValue
    public let point: Point?
  }

  public struct Point: Hashable, Sendable {
    public let longitude: Double
    public let latitude: Double
    public init(longitude: Double, latitude: Double) {
      self.longitude = longitude
      self.latitude = latitude
    }
  }

  public let features: [Feature]

  public init(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) throws(ReadingError) {
    guard bytes.count <= limits.fileBytes else {
      throw ReadingError(line: 0, .fileTooLarge(bytes: limits.fileBytes))
    }
    let file = try JSONValue(reading: bytes, line: 0, limits: limits)
    guard file["type"]?.text == "FeatureCollection", let features = file["features"]?.elements
    else { throw ReadingError(line: 0, .notFeatures) }
    guard features.count <= limits.records else {
      throw ReadingError(line: 0, .tooManyRecords(limits.records))
    }
    // Another member with objects in an array would shift the lines; then all say the first.
    let lines = JSONScan.linesOfElements(in: bytes)
    self.features = features.enumerated().map { index, feature in
      Feature(
        line: lines.count == features.count ? lines[index] : 1,
        properties: feature["properties"] ?? .null,
        point: Self.point(feature["geometry"]))
    }
  }

  private static func point(_ geometry: JSONValue?) -> Point? {
    guard geometry?["type"]?.text == "Point",
      let numbers = geometry?["coordinates"]?.elements?.map(\.number), numbers.count >= 2,
      let longitude = numbers[0], let latitude = numbers[1],
      (-180...180).contains(longitude), (-90...90).contains(latitude)
    else { return nil }
    return Point(longitude: longitude, latitude: latitude)
  }
}

import Foundation
import Interchange
import Protocol

/// The folder that holds the data of one end.
public enum DataDirectory {
  /// Makes the folder, for its owner alone, with those above it; one that is there stays as it is.
  public static func make(_ directory: URL, _ language: Language) throws(Failure) {
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      let name = Terminal.quotable(directory.path)
      throw Failure(
        .error,
        Label(
          nl: "map \(name) kan niet gemaakt worden: kies een andere met --data, of kijk de rechten "
            + "na.",
          en: "folder \(name) cannot be made: choose another with --data, or look at the rights."
        ).text(in: language))
    }
  }
}

import Foundation
import Glibc
import Interchange
import Protocol
import Storage

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

  /// Throws where the disk has not so much room: before something is begun that cannot be begun again.
  public static func checkRoom(_ directory: URL, byteCount: Int) throws(StorageError) {
    let path = directory.appendingPathComponent("room.\(getpid())").path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else {
      throw errno == ENOSPC ? StorageError.diskFull : StorageError.readOnly(directory.path)
    }
    defer {
      Glibc.close(descriptor)
      unlink(path)
    }
    if posix_fallocate(descriptor, 0, byteCount) != 0 { throw .diskFull }
  }
}

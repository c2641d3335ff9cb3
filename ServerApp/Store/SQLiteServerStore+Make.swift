import Glibc
import Protocol
import Storage

extension SQLiteServerStore {
  /// Makes an empty server in a file that is not there yet: wholly or not at all.
  ///
  /// It is built beside its place and moved there when it is whole. What an attempt that broke off
  /// left beside it is taken away, so that it can be repeated.
  public static func make(
    path: String, model: Model, system: any SystemSource = RealSystem()
  ) throws {
    let aside = path + ".new"
    for suffix in ["", "-wal", "-shm"] where unlink(aside + suffix) != 0 && errno != ENOENT {
      throw StorageError.cannotOpen(aside + suffix)
    }
    let store = try SQLiteServerStore(path: aside, model: model, system: system, create: true)
    // The last connection moves the WAL into the file.
    try store.database.close()
    CrashPoint.reach(.serverMade)
    // Never over a server that somebody else has made meanwhile.
    guard link(aside, path) == 0 else { throw StorageError.cannotOpen(path) }
    unlink(aside)
    try syncFolder(of: path)
  }

  /// A name that is there must still be there after power loss.
  private static func syncFolder(of path: String) throws {
    let end = path.lastIndex(of: "/") ?? path.startIndex
    let folder = open(end == path.startIndex ? "." : String(path[..<end]), O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { throw StorageError.cannotOpen(path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw StorageError.diskFull }
  }
}

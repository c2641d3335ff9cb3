import Glibc

/// Standard input, output and error.
public enum StandardStreams {
  /// Opens those that are closed, to nowhere. Else the next file or connection would get the number,
  /// and what is meant for a person would be written into it.
  public static func keepOpen() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is given: this one.
      _ = open("/dev/null", O_RDWR)
    }
  }
}

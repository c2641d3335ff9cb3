import ArgumentParser

/// Measures Kaai beside the same work in plain SQLite, or in other libraries, in one run.
@main struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the engine beside the same work in plain SQLite.",
    discussion: """
      Figures are CPU time of the whole process, the least of several runs. Everything happens in a
      temporary folder that is removed at the end.
      """,
    subcommands: [
      EngineCommand.self, TraceCommand.self, TextCommand.self, ReceiveCommand.self,
    ],
    defaultSubcommand: EngineCommand.self)
}

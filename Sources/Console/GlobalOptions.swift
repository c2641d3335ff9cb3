import Foundation
import Protocol

/// The options that every command takes, wherever they stand after the program's name: where the data
/// is, whether a machine reads the output, and in which language a person does.
public struct GlobalOptions: Sendable {
  public private(set) var data: String?
  public private(set) var isJSON = false
  public private(set) var language: Language
  /// What is left for the command.
  public private(set) var rest: [String] = []

  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - dataVariable: the environment variable that names the data directory.
  public init(
    _ arguments: [String], environment: [String: String], dataVariable: String
  ) throws(UsageError) {
    data = environment[dataVariable].flatMap { $0.isEmpty ? nil : $0 }
    language = Self.language(environment)
    var index = 0
    func value(_ name: String) throws(UsageError) -> String {
      guard index + 1 < arguments.count else { throw UsageError.missingValue(name) }
      index += 1
      return arguments[index]
    }
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "--" {
        rest += arguments[index...]
        break
      }
      switch argument {
      case "--json": isJSON = true
      case "--data": data = try value(argument)
      case "--lang": language = try Self.chosen(try value(argument))
      case _ where argument.hasPrefix("--data="): data = String(argument.dropFirst(7))
      case _ where argument.hasPrefix("--lang="):
        language = try Self.chosen(String(argument.dropFirst(7)))
      // A negative number is a value, never a bundle of options.
      case _ where argument.first == "-" && argument.dropFirst().first?.isNumber == true:
        rest.append(Self.valueMark + argument)
      default: rest.append(argument)
      }
      index += 1
    }
  }

  /// Stands before a value that looks like an option, so that the library which parses the command
  /// takes it as a value. Nobody types this character of private use; `typed(_:)` takes it away.
  private static let valueMark = "\u{10FFFD}"

  /// What the person typed, of a value or of a sentence that quotes one.
  public static func typed(_ text: String) -> String {
    text.replacing(valueMark + "-", with: "-")
  }

  /// The options of this process.
  ///
  /// What is not UTF-8 is refused: the runtime would put another character in its place, and a name
  /// typed in another encoding would be saved wrong.
  public static func ofProcess(dataVariable: String) throws(UsageError) -> GlobalOptions {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[index], String(validatingCString: bytes) != nil
      else { throw UsageError.notUTF8 }
    }
    return try GlobalOptions(
      Array(CommandLine.arguments.dropFirst()),
      environment: ProcessInfo.processInfo.environment, dataVariable: dataVariable)
  }

  /// Whether this process was asked for JSON, also where its options could not be read.
  public static var processWantsJSON: Bool { CommandLine.arguments.contains("--json") }

  private static func chosen(_ text: String) throws(UsageError) -> Language {
    guard let language = Language(rawValue: text) else { throw UsageError.unknownLanguage(text) }
    return language
  }

  /// The first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set decides.
  static func language(_ environment: [String: String]) -> Language {
    for name in ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"] {
      guard let value = environment[name], !value.isEmpty else { continue }
      return value.hasPrefix("nl") ? .nl : .en
    }
    return .en
  }

  public static let help = """
    Options of every command:
      --data DIR    the data directory
      --json        one JSON value for machines
      --lang nl|en  the language for people
    """
}

/// A command line that cannot be meant.
public enum UsageError: Error, Equatable {
  case missingValue(String)
  case unknownLanguage(String)
  case notUTF8
  case other(Label)

  public var sentence: Label {
    switch self {
    case .missingValue(let name):
      Label(nl: "na \(name) hoort een waarde.", en: "\(name) needs a value after it.")
    case .unknownLanguage(let text):
      Label(nl: "taal \(text) is er niet: nl of en.", en: "there is no language \(text): nl or en.")
    case .notUTF8:
      Label(
        nl: "wat getypt werd is geen UTF-8: zet de terminal op UTF-8 en typ het opnieuw.",
        en: "what was typed is not UTF-8: set the terminal to UTF-8 and type it again.")
    case .other(let label): label
    }
  }
}

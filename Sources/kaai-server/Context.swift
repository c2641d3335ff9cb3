import CityModel
import Console
import Foundation
import Interchange
import Protocol
import ServerApp
import Storage

/// What every command works with: the store, the language, the output.
struct Context {
  let options: GlobalOptions
  let output: Output
  let model = CityModel.model
  let system = RealSystem()

  init(options: GlobalOptions) {
    self.options = options
    output = Output(isJSON: options.isJSON, language: options.language)
  }

  var language: Language { options.language }

  /// There is no default place: what keeps the data of a city is told where.
  func directory() throws -> URL {
    guard let data = options.data else {
      throw Failure(
        .usage,
        say(
          "waar staan de gegevens? Geef --data MAP of zet KAAI_SERVER_DATA.",
          "where is the data? Give --data DIR or set KAAI_SERVER_DATA."))
    }
    return URL(fileURLWithPath: data)
  }

  func file() throws -> URL { try directory().appendingPathComponent("server.sqlite") }

  func store() throws -> any ServerStore {
    try SQLiteServerStore(path: try file().path, model: model, system: system, create: false)
  }

  func entity(_ name: String) throws -> Entity {
    if let entity = model.entity(named: name) { return entity }
    let names = model.entities.map(\.name).sorted().joined(separator: ", ")
    throw Failure(
      .usage,
      say(
        "er is geen soort “\(Terminal.quotable(name))”; wel: \(names).",
        "there is no entity “\(Terminal.quotable(name))”; there are: \(names)."))
  }

  func account(_ name: String, in store: any ServerStore) throws -> Account {
    let name = GlobalOptions.typed(name)
    guard let account = try store.account(named: name) else { throw AdminError.unknownUser(name) }
    return account
  }

  func say(_ nl: String, _ en: String) -> String { language == .nl ? nl : en }
}

import ArgumentParser
import Console
import Interchange
import Protocol
import ServerApp

struct User: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "People who may sync.",
    subcommands: [
      Add.self, List.self, Disable.self, Enable.self, ChangeRole.self, ChangeSpaces.self,
    ])
}

extension User {
  struct Add: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Adds a person, with a record of their own.",
      discussion: """
        Examples:
          kaai-server user add "An Peeters" --role editor --spaces gent,WINTERCIRCUS
          kaai-server user add "Beheer" --role admin --spaces '*'
        """)
    @Argument(help: "The name that others see with every change.") var name: String
    @Option(help: "admin, editor or reader.") var role: String
    @Option(help: "Codes with commas: gent is the city, others are root hubs; * is all.")
    var spaces: String

    func run(_ context: Context) async throws -> ExitStatus {
      let role = try RoleArgument.read(role, context)
      let codes = try SpacesArgument.read(spaces, context)
      let name = GlobalOptions.typed(name)
      let account = try context.store().addAccount(name: name, role: role, spaceCodes: codes)
      context.output.json { json in
        json.object { $0.member("id", string: account.id.text) }
      }
      context.output.line(
        Label(
          nl: "\(Terminal.safe(name)) is toegevoegd. Een code voor een toestel: kaai-server device "
            + "code NAAM",
          en: "\(Terminal.safe(name)) was added. A code for a device: kaai-server device code NAME")
      )
      return .ok
    }
  }

  struct List: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists people with role and spaces.")

    func run(_ context: Context) async throws -> ExitStatus {
      let store = try context.store()
      let accounts = try store.accounts()
      let devices = try store.devices()
      let codes = try accounts.map { try store.spaceCodes($0.spaces).split(separator: ",") }
      context.output.json { json in
        json.array { json in
          for (account, codes) in zip(accounts, codes) {
            json.object { json in
              json.member("id", string: account.id.text)
              json.member("name", string: account.name)
              json.member("role", string: account.role.rawValue)
              json.key("spaces")
              json.array { json in for code in codes { json.string(String(code)) } }
              json.member("active", bool: account.isActive)
              json.member(
                "devices",
                integer: Int64(devices.count { $0.account == account.id && $0.isActive }))
            }
          }
        }
      }
      if !context.output.isJSON { show(accounts, codes.map { $0.joined(separator: ",") }, context) }
      return .ok
    }

    private func show(_ accounts: [Account], _ codes: [String], _ context: Context) {
      var table = TableText(
        columns: [
          context.say("Naam", "Name"), context.say("Rol", "Role"),
          context.say("Ruimtes", "Spaces"), context.say("Actief", "Active"),
        ].map { TableText.Column($0) })
      for (account, codes) in zip(accounts, codes) {
        table.append([
          account.name, account.role.rawValue, codes,
          account.isActive ? context.say("ja", "yes") : context.say("nee", "no"),
        ])
      }
      Output.write(table.text())
    }
  }

  struct Disable: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shuts a person out: their devices are refused on their next request.")
    @Argument(help: "As user list shows it.") var name: String

    func run(_ context: Context) async throws -> ExitStatus {
      try context.store().disable(name)
      context.output.emptyJSON()
      return .ok
    }
  }

  struct Enable: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a person in again who was shut out; their devices may go on.")
    @Argument(help: "As user list shows it.") var name: String

    func run(_ context: Context) async throws -> ExitStatus {
      try context.store().enable(name)
      context.output.emptyJSON()
      return .ok
    }
  }

  struct ChangeRole: ServerCommand {
    static let configuration = CommandConfiguration(
      commandName: "role", abstract: "Gives a person another role.",
      discussion: "Example: kaai-server user role \"An Peeters\" reader")
    @Argument(help: "As user list shows it.") var name: String
    @Argument(help: "admin, editor or reader.") var role: String

    func run(_ context: Context) async throws -> ExitStatus {
      try context.store().setRole(RoleArgument.read(role, context), of: name)
      context.output.emptyJSON()
      return .ok
    }
  }

  struct ChangeSpaces: ServerCommand {
    static let configuration = CommandConfiguration(
      commandName: "spaces", abstract: "Gives a person other spaces, in place of those they had.",
      discussion: "Example: kaai-server user spaces \"An Peeters\" gent,WINTERCIRCUS")
    @Argument(help: "As user list shows it.") var name: String
    @Argument(help: "Codes with commas: gent is the city, others are root hubs; * is all.")
    var spaces: String

    func run(_ context: Context) async throws -> ExitStatus {
      try context.store().setSpaces(SpacesArgument.read(spaces, context), of: name)
      context.output.emptyJSON()
      return .ok
    }
  }
}

/// A role as it is typed.
enum RoleArgument {
  static func read(_ text: String, _ context: Context) throws -> Account.Role {
    if let role = Account.Role(rawValue: text) { return role }
    let names = Account.Role.allCases.map(\.rawValue).joined(separator: ", ")
    throw Failure(
      .usage,
      context.say(
        "er is geen rol “\(Terminal.quotable(text))”; wel: \(names).",
        "there is no role “\(Terminal.quotable(text))”; there are: \(names)."))
  }
}

/// Spaces as they are typed.
enum SpacesArgument {
  /// Nil is all.
  static func read(_ text: String, _ context: Context) throws -> [String]? {
    if text == "*" { return nil }
    let codes = text.split(separator: ",").map { $0.trimmingBlanks }
    guard !codes.isEmpty, !codes.contains(where: { $0.isEmpty || $0 == "*" }) else {
      throw Failure(
        .usage,
        context.say(
          "geef ruimtes als codes met komma’s, zoals gent,WINTERCIRCUS, of * voor alle.",
          "give spaces as codes with commas, such as gent,WINTERCIRCUS, or * for all."))
    }
    return codes
  }
}

extension Substring {
  fileprivate var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}

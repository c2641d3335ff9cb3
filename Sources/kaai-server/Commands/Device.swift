import ArgumentParser
import Console
import Interchange
import Protocol
import ServerApp
import Storage

struct Device: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Laptops that hold a replica.",
    subcommands: [Code.self, List.self, Revoke.self])
}

extension Device {
  struct Code: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Gives a code with which one device enrols, once, within 15 minutes.",
      discussion: """
        Only the code is printed; until when it is good stands on standard error.
        Example: kaai-server device code "An Peeters"
        """)
    @Argument(help: "Whose device it is.") var user: String
    static let lifeMilliseconds: Int64 = 15 * 60_000

    func run(_ context: Context) async throws -> ExitStatus {
      let code = DeviceCode.make(context.system)
      let expiry = context.system.wallMilliseconds() + Self.lifeMilliseconds
      try context.store().addCode(
        for: user, hash: DeviceCode.hash(code), expiresAtMilliseconds: expiry)
      context.output.json { json in
        json.object { json in
          json.member("code", string: code)
          json.member("expiresAt", string: PlainText.instant(expiry))
        }
      }
      context.output.line(code)
      Output.note(
        context.say(
          "Goed voor één toestel, tot \(PlainText.instant(expiry)).",
          "Good for one device, until \(PlainText.instant(expiry))."))
      return .ok
    }
  }

  struct List: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists devices with when they were last seen and how far they are.")

    func run(_ context: Context) async throws -> ExitStatus {
      let store = try context.store()
      let devices = try store.devices()
      let names = Dictionary(
        try store.accounts().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
      context.output.json { json in
        json.array { json in
          for device in devices { write(device, names[device.account] ?? "", to: &json) }
        }
      }
      if !context.output.isJSON { show(devices, names, context) }
      return .ok
    }

    private func write(_ device: DeviceRecord, _ user: String, to json: inout JSONText) {
      json.object { json in
        json.member("site", string: String(device.site))
        json.member("name", string: device.name)
        json.member("user", string: user)
        json.member("state", string: device.state)
        if let time = device.lastSeenMilliseconds {
          json.member("lastSeen", string: PlainText.instant(time))
        }
        if let offset = device.clockOffsetMilliseconds {
          json.member("clockOffsetMs", integer: offset)
        }
        json.member("acknowledged", string: String(device.acknowledged))
        json.member("lastSequence", integer: Int64(device.lastSequence))
      }
    }

    private func show(_ devices: [DeviceRecord], _ names: [RowID: String], _ context: Context) {
      var table = TableText(
        columns: [
          TableText.Column(context.say("Site", "Site"), .right),
          TableText.Column(context.say("Naam", "Name")),
          TableText.Column(context.say("Gebruiker", "User")),
          TableText.Column(context.say("Toestand", "State")),
          TableText.Column(context.say("Laatst gezien", "Last seen")),
          TableText.Column(context.say("Positie", "Position"), .right),
        ])
      for device in devices {
        table.append([
          String(device.site), device.name, names[device.account] ?? "", device.state,
          device.lastSeenMilliseconds.map(PlainText.instant) ?? "-", String(device.acknowledged),
        ])
      }
      Output.write(table.text())
    }
  }

  struct Revoke: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuses a device from its next request on.",
      discussion: "Example: kaai-server device revoke 1284930021")
    @Argument(help: "The site, or a name that only one device has.") var device: String

    func run(_ context: Context) async throws -> ExitStatus {
      let store = try context.store()
      try store.revoke(site: try site(try store.devices(), context))
      context.output.emptyJSON()
      return .ok
    }

    /// A number is a site; a name that is a number can only be meant where there is no such site.
    private func site(_ devices: [DeviceRecord], _ context: Context) throws -> UInt32 {
      if let site = UInt32(device), devices.contains(where: { $0.site == site }) { return site }
      let named = devices.filter { $0.name == device }
      let candidates = named.contains(where: \.isActive) ? named.filter(\.isActive) : named
      guard let found = candidates.first else { throw AdminError.unknownDevice(device) }
      guard candidates.count == 1 else {
        let sites = candidates.map { String($0.site) }.joined(separator: ", ")
        throw Failure(
          .error,
          context.say(
            "\(candidates.count) toestellen heten “\(Terminal.quotable(device))”; geef de site: "
              + sites,
            "\(candidates.count) devices are called “\(Terminal.quotable(device))”; give the "
              + "site: \(sites)"))
      }
      return found.site
    }
  }
}

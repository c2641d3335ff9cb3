import ClientCore
import Foundation
import Protocol
import ServerApp
import Storage

/// A world in its files, with nothing of it open: it can be gone on with more than once, each time
/// from the same moment.
final class LaidOutWorld: @unchecked Sendable {
  // The world is closed and nobody writes to it again: opening copies its files and its clocks.
  private let world: World
  private let serverSystem: ScriptedSystem
  private let names: [String]
  private let systems: [ScriptedSystem]

  init(closing world: World, _ devices: [Device]) throws {
    for device in devices { try device.replica.close() }
    try world.store.database.close()
    self.world = world
    serverSystem = ScriptedSystem(copying: world.serverSystem)
    names = devices.map(\.name)
    systems = devices.map { ScriptedSystem(copying: $0.system) }
  }

  /// - Parameter count: only the first devices; nil for all.
  func open(_ count: Int? = nil) throws -> (world: World, devices: [Device]) {
    let copy = try World(copying: world, system: ScriptedSystem(copying: serverSystem))
    let devices = try zip(names, systems).prefix(count ?? names.count).map { name, system in
      let system = ScriptedSystem(copying: system)
      let path = copy.folder.appendingPathComponent("\(name).sqlite").path
      return Device(
        name: name,
        replica: try Replica(
          path: path, model: copy.model, system: system, limits: copy.limits, create: false),
        system: system, world: copy)
    }
    return (copy, devices)
  }
}

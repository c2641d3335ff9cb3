import CityModel
import ClientCore
import Foundation
import Protocol
import Storage

extension Laptop {
  /// Works on the laptop's files with the core that `kaai` has, in this process: for hundreds of
  /// edits, where starting a program for each would only measure the starting of programs.
  ///
  /// - Parameter clock: how far the laptop's clock is ahead, ms.
  func work(clock: Int, _ body: (Replica, Model) throws -> Void) throws {
    let replica = try Replica(
      path: file, model: CityModel.model,
      system: RealSystem(offsetMilliseconds: Int64(clock)), create: false)
    try body(replica, CityModel.model)
    try replica.close()
  }
}

/// Fields of one entity by their names, as the command line has them.
struct Fields {
  let entity: Entity

  struct Unknown: Error { let name: String }

  init(_ name: String, _ model: Model) throws {
    guard let entity = model.entity(named: name) else { throw Unknown(name: name) }
    self.entity = entity
  }

  func tag(_ name: String) throws -> Protocol.Tag {
    guard let field = entity.field(named: name) else { throw Unknown(name: name) }
    return field.tag
  }
}

import ClientCore
import Protocol
import ServerApp
import Storage
import Testing

private typealias M = SmallModel

@Suite("Disasters that come together")
struct CombinedDisasterTests {
  @Test(
    """
    a server from a backup, a laptop that was rolled back and one that was copied: all agree, and what \
    cannot stand beside what took its name waits with the admin
    """)
  func backupRollbackCopy() throws {
    let world = try World()
    let (a, c, d, e) = (
      try world.device("A"), try world.device("C"), try world.device("D"), try world.device("E")
    )
    let row = try a.create(M.company, [(M.name, "x"), (M.story, "begin")])
    try world.syncAll(a, c, d, e)
    try a.apply(.increment(M.company, row, M.visitors, 10))
    try world.syncAll(a, c, d, e)
    try world.backup()
    try d.image("old")
    try d.apply(.increment(M.company, row, M.visitors, 1))
    try d.create(M.company, [(M.name, "DoraNew")])
    try d.sync()
    try c.apply(.increment(M.company, row, M.visitors, 100))
    try c.create(M.company, [(M.name, "ChrisPending")])
    let copy = try c.copy("C2")
    try copy.apply(.increment(M.company, row, M.visitors, 1_000))
    try copy.create(M.company, [(M.name, "CopyNew")])
    try c.write(row, M.note, "chris")
    try world.syncAll(c, a)
    try world.restore()
    try d.rollBack(to: "old")
    try d.apply(.increment(M.company, row, M.visitors, 10_000))
    try d.create(M.company, [(M.name, "DoraAfter")])
    for _ in 0..<2 { try world.syncAll(copy, d, e, c, a) }
    try world.expectAgreement(a, c, d, e, copy)
    let names = try a.look { engine in
      var names: [String] = []
      try engine.forEachRecord(M.company) {
        names.append($0.fields[M.name].text)
        return true
      }
      return names
    }
    let quarantine = try world.store.quarantine()
    for name in ["DoraNew", "DoraAfter", "ChrisPending", "CopyNew"] {
      let waits = quarantine.contains { $0.operations.contains { $0.values.contains(.text(name)) } }
      #expect(names.filter { $0 == name }.count == 1 || waits, "\(name)")
    }
    for device in [a, c, d, e, copy] { #expect(try device.checkInvariants() == []) }
  }
}

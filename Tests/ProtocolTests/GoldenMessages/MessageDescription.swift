import Protocol

/// A message in words: JSON with every number of the format, for another program to compare with.
///
/// Numbers that may be above 2^53 and are no row ids stand in hexadecimal, as do bytes.
enum MessageDescription {
  static func text(_ request: SyncRequest) throws -> String {
    var json = JSONText()
    try json.object { json in
      json.member("message", string: "request")
      json.member("modelName", string: request.modelName)
      json.member("modelVersion", integer: Int64(request.modelVersion))
      json.member("cursor", string: Hex.text(request.cursor))
      json.member("clock", integer: request.clockMilliseconds)
      json.member("lastSequence", integer: Int64(request.lastSequence))
      json.member("lastChain", string: Hex.text(request.lastChain.bytes))
      json.key("jumps")
      json.array { json in
        for jump in request.jumps {
          json.object { json in
            json.member("sequence", integer: Int64(jump.sequence))
            json.member("delta", integer: jump.deltaMilliseconds)
          }
        }
      }
      json.member("confirmed", integer: Int64(request.confirmedSequence))
      json.member("pageBytes", integer: Int64(request.pageBytes))
      json.member("all", bool: request.wantsAll)
      json.member("grant", integer: Int64(request.grantVersion))
      json.key("batch")
      try BatchDescription.write(request.batch, to: &json)
      if !request.declared.isEmpty {
        json.key("declared")
        json.array { json in
          for field in request.declared {
            json.object { json in
              json.member("entity", integer: Int64(field.entity))
              json.member("tag", integer: Int64(field.tag))
              json.member("kind", integer: Int64(field.formCode))
              if case .stage(let moves) = field.kind {
                json.key("moves")
                json.array { json in
                  for move in moves.forward { json.string("\(move.from) \(move.to)") }
                }
              }
              if !field.codes.isEmpty {
                json.key("codes")
                json.array { json in for code in field.codes { json.string(code) } }
              }
            }
          }
        }
      }
      if !request.declaredEntities.isEmpty {
        json.key("entities")
        json.array { json in for entity in request.declaredEntities { write(entity, to: &json) } }
      }
      guard
        !request.waypoints.isEmpty || !request.returned.isEmpty || request.claim != nil
          || !request.witness.isEmpty
      else { return }
      json.key("waypoints")
      json.array { json in for waypoint in request.waypoints { json.string(Hex.text(waypoint)) } }
      json.key("returned")
      try BatchDescription.write(request.returned, to: &json)
      json.key("claim")
      if let claim = request.claim {
        json.object { json in
          json.member("token", string: claim.token)
          json.member("first", integer: Int64(claim.firstSequence))
          json.key("chains")
          json.array { json in for chain in claim.chains { json.string(Hex.text(chain.bytes)) } }
        }
      } else {
        json.null()
      }
      json.member("witness", string: Hex.text(request.witness))
    }
    return json.text
  }

  static func text(_ answer: SyncResponse) throws -> String {
    var json = JSONText()
    try json.object { json in
      json.member("message", string: "answer")
      json.member("modelVersion", integer: Int64(answer.modelVersion))
      json.member("status", integer: Int64(answer.status.rawValue))
      json.member("clock", integer: answer.clockMilliseconds)
      json.member("user", integer: answer.userID)
      json.member("userName", string: answer.userName)
      json.member("grant", integer: Int64(answer.grantVersion))
      json.member("editsAll", bool: answer.editsAll)
      json.key("spaces")
      json.array { json in for space in answer.editableSpaces { json.integer(space) } }
      json.member("lastSequence", integer: Int64(answer.lastSequence))
      json.key("outcomes")
      json.array { json in for outcome in answer.outcomes { write(outcome, to: &json) } }
      json.key("cursor")
      BatchDescription.write(answer.cursor, to: &json)
      json.member("sealed", string: Hex.text(answer.sealedCursor))
      json.key("page")
      try BatchDescription.write(answer.page, to: &json)
      json.member("more", bool: answer.hasMore)
      json.key("digests")
      if let digests = answer.digests {
        json.array { json in
          for digest in digests {
            json.object { json in
              json.member("space", integer: digest.audience.space)
              json.member("level", integer: Int64(digest.audience.level))
              json.member("sum", string: Hex.text(digest.sum))
            }
          }
        }
      } else {
        json.null()
      }
      json.member("stable", integer: answer.stablePosition)
      if let shared = answer.sharedPosition { json.member("shared", integer: shared) }
      if answer.safePosition > 0 { json.member("safe", integer: answer.safePosition) }
      if let grant = answer.newSite {
        json.member("newSite", integer: Int64(grant.site))
        json.member("lastShared", integer: Int64(grant.lastShared))
      }
    }
    return json.text
  }

  private static func write(_ outcome: Outcome, to json: inout JSONText) {
    json.object { json in
      json.member("sequence", integer: Int64(outcome.sequence))
      switch outcome.verdict {
      case .merged(let position, let stamp):
        json.member("position", integer: position)
        json.member("stamp", string: Hex.text(stamp.raw))
      case .refused(let reason, let detail):
        json.member("reason", integer: Int64(reason.rawValue))
        json.member("detail", string: detail)
      }
    }
  }

  private static func write(_ entity: DeclaredEntity, to json: inout JSONText) {
    json.object { json in
      json.member("entity", integer: Int64(entity.tag))
      json.key("links")
      json.array { json in
        for link in entity.links {
          json.object { json in
            json.member("tag", integer: Int64(link.tag))
            json.member("kind", string: link.kind == .once ? "once" : "register")
            json.member("target", integer: Int64(link.target))
          }
        }
      }
      switch entity.space {
      case .city: json.member("space", string: "city")
      case .through(let field): json.member("space", string: "through \(field)")
      case .sameAs(let field): json.member("space", string: "same as \(field)")
      }
      json.member("parent", integer: Int64(entity.parent))
      json.key("identity")
      json.array { json in for tag in entity.identity { json.integer(Int64(tag)) } }
    }
  }

  static func text(_ request: EnrolRequest) -> String {
    var json = JSONText()
    json.object { json in
      json.member("message", string: "enrolment")
      json.member("code", string: request.code)
      json.member("deviceName", string: request.deviceName)
      json.member("modelName", string: request.modelName)
    }
    return json.text
  }

  static func text(_ request: HistoryRequest) -> String {
    var json = JSONText()
    json.object { json in
      json.member("message", string: "history")
      json.member("modelName", string: request.modelName)
      json.member("row", integer: request.row.raw)
      json.member("after", integer: request.after)
      json.member("pageBytes", integer: Int64(request.pageBytes))
    }
    return json.text
  }

  static func text(_ answer: HistoryResponse) throws -> String {
    var json = JSONText()
    try json.object { json in
      json.member("message", string: "told")
      json.member("through", integer: answer.through)
      json.member("more", bool: answer.hasMore)
      json.key("page")
      try BatchDescription.write(answer.page, to: &json)
    }
    return json.text
  }

  static func text(_ answer: EnrolResponse) -> String {
    var json = JSONText()
    json.object { json in
      json.member("message", string: "enrolled")
      json.member("site", integer: Int64(answer.site))
      json.member("token", string: answer.token)
      json.member("user", integer: answer.userID)
      json.member("userName", string: answer.userName)
      json.member("deviceName", string: answer.deviceName)
      json.member("clock", integer: answer.clockMilliseconds)
    }
    return json.text
  }
}

enum Hex {
  static func text(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  /// Sixteen digits.
  static func text(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

import Protocol

/// A batch in words.
enum BatchDescription {
  static func write(_ bytes: [UInt8], to json: inout JSONText) throws {
    if bytes.isEmpty { return json.null() }
    // `decode` lends the bytes to the reader; what it gives back is the object, made inside.
    var copy = json
    try bytes.decode { reader throws(DecodeError) in
      var batch = try BatchReader(&reader, limits: .standard)
      try object(&batch, to: &copy)
      try batch.finish()
    }
    json = copy
  }

  private static func object(
    _ batch: inout BatchReader, to json: inout JSONText
  ) throws(DecodeError) {
    // The operations are read first: `JSONText` takes closures that throw nothing of ours.
    var transactions: [(BatchTransaction, [(BatchReader.Head, Operation, RowImage?)])] = []
    for transaction in batch.transactions {
      var operations: [(BatchReader.Head, Operation, RowImage?)] = []
      if transaction.mode != .echo {
        for _ in 0..<transaction.operationCount {
          let head = try batch.nextOperation()
          let operation = try batch.operation(head)
          var image: RowImage?
          if operation.kind == .image, case .bytes(let bytes) = operation.values[0] {
            image = try RowImage(encoded: bytes)
          }
          operations.append((head, operation, image))
        }
      }
      transactions.append((transaction, operations))
    }
    let read = batch
    json.object { json in
      tables(read, to: &json)
      json.key("transactions")
      json.array { json in
        for (transaction, operations) in transactions {
          write(transaction, operations, read, to: &json)
        }
      }
      json.key("hidden")
      json.array { json in
        for hidden in read.hidden {
          json.object { json in
            json.member("transaction", integer: Int64(hidden.transaction))
            json.member("index", integer: Int64(hidden.index))
            json.member("hash", string: Hex.text(hidden.hash.bytes))
          }
        }
      }
      guard !read.places.isEmpty else { return }
      json.key("places")
      json.array { json in
        for place in read.places {
          json.object { json in
            json.member("transaction", integer: Int64(place.transaction))
            json.member("epoch", string: Hex.text(place.cursor.epoch))
            json.member("position", integer: place.cursor.position)
          }
        }
      }
    }
  }

  private static func tables(_ batch: BatchReader, to json: inout JSONText) {
    json.key("sites")
    json.array { json in
      for (site, name) in batch.siteNames {
        json.object { json in
          json.member("site", integer: Int64(site))
          json.member("name", string: name)
        }
      }
    }
    json.key("users")
    json.array { json in
      for (user, name) in batch.userNames {
        json.object { json in
          json.member("user", integer: user)
          json.member("name", string: name)
        }
      }
    }
    json.key("runs")
    json.array { json in
      for run in batch.runs {
        json.object { json in
          json.member("site", integer: Int64(run.site))
          json.member("nonce", string: Hex.text(run.nonce.bytes))
          json.member("lastChain", string: Hex.text(run.lastChain.bytes))
        }
      }
    }
    json.key("audiences")
    json.array { json in
      for audience in batch.audiences {
        json.object { json in
          json.member("space", integer: audience.space)
          json.member("level", integer: Int64(audience.level))
        }
      }
    }
    json.key("references")
    json.array { json in
      for reference in batch.references {
        json.object { json in
          json.member("transaction", string: reference.id.text)
          json.member("stamp", string: Hex.text(reference.stamp.raw))
          json.member("user", integer: reference.user)
          json.member("position", integer: reference.position)
        }
      }
    }
  }

  private static func write(
    _ transaction: BatchTransaction, _ operations: [(BatchReader.Head, Operation, RowImage?)],
    _ batch: BatchReader, to json: inout JSONText
  ) {
    let key = Chain.transactionKey(
      nonce: batch.runs[transaction.run].nonce, sequence: transaction.id.sequence)
    json.object { json in
      json.member("transaction", string: transaction.id.text)
      json.member("stamp", string: Hex.text(transaction.stamp.raw))
      json.member("authorStamp", string: Hex.text(transaction.authorStamp.raw))
      json.member("user", integer: transaction.user)
      json.key("seen")
      write(transaction.seen, to: &json)
      json.member("modelVersion", integer: Int64(transaction.modelVersion))
      json.member("knownRefused", integer: Int64(transaction.knownRefused))
      json.member("label", string: transaction.label)
      json.member("position", integer: transaction.position)
      json.member("mode", integer: Int64(transaction.mode.rawValue))
      json.member("operationCount", integer: Int64(transaction.operationCount))
      if transaction.mode == .echo {
        json.member("echoAudience", integer: Int64(transaction.echoAudience))
      }
      json.key("operations")
      json.array { json in
        for (index, (head, operation, image)) in operations.enumerated() {
          json.object { json in
            write(operation, image, to: &json)
            json.member("audience", integer: Int64(head.audience))
            json.key("results")
            write(head.results, to: &json)
            if [.full, .refused].contains(transaction.mode), !operation.kind.isEffect {
              var writer = ByteWriter()
              OperationCodec.append(operation, to: &writer)
              let hash = writer.bytes.withUnsafeBytes {
                Chain.operationHash(key: key, index: index, operation: $0)
              }
              json.member("hash", string: Hex.text(hash.bytes))
            }
          }
        }
      }
    }
  }

  private static func write(_ operation: Operation, _ image: RowImage?, to json: inout JSONText) {
    json.member("kind", integer: Int64(operation.kind.rawValue))
    json.member("entity", integer: Int64(operation.entity))
    json.member("row", integer: operation.row.raw)
    json.key("tags")
    json.array { json in for tag in operation.tags { json.integer(Int64(tag)) } }
    if let image {
      json.key("image")
      write(image, to: &json)
    } else {
      json.key("values")
      json.array { json in for value in operation.values { write(value, to: &json) } }
    }
  }

  private static func write(_ results: [CellResult]?, to json: inout JSONText) {
    guard let results else { return json.null() }
    json.array { json in
      for result in results {
        switch result {
        case .shown: json.string("shown")
        case .hidden: json.string("hidden")
        case .heads(let heads):
          json.array { json in
            for head in heads {
              json.object { json in
                json.member("reference", integer: Int64(head.reference))
                json.key("value")
                write(head.value, to: &json)
              }
            }
          }
        }
      }
    }
  }

  private static func write(_ image: RowImage, to json: inout JSONText) {
    json.object { json in
      json.member("created", integer: image.created)
      json.key("cells")
      json.array { json in
        for cell in image.cells {
          json.object { json in
            json.member("tag", integer: Int64(cell.tag))
            json.member("form", integer: Int64(cell.form.rawValue))
            json.key("entries")
            json.array { json in for entry in cell.entries { write(entry, to: &json) } }
          }
        }
      }
    }
  }

  private static func write(_ entry: RowImage.Entry, to json: inout JSONText) {
    json.object { json in
      json.key("key")
      write(entry.key, to: &json)
      json.key("heads")
      json.array { json in
        for head in entry.heads {
          json.object { json in
            json.member("reference", integer: head.transaction)
            json.key("value")
            write(head.value, to: &json)
          }
        }
      }
    }
  }

  static func write(_ cursor: Cursor, to json: inout JSONText) {
    json.object { json in
      json.member("epoch", string: Hex.text(cursor.epoch))
      json.member("position", integer: cursor.position)
    }
  }

  static func write(_ value: Value, to json: inout JSONText) {
    switch value {
    case .null: json.null()
    case .int(let number): json.object { $0.member("int", string: String(number)) }
    case .real(let number):
      json.object { $0.member("real", string: Hex.text(number.bitPattern)) }
    case .text(let text): json.object { $0.member("text", string: text) }
    case .bytes(let bytes): json.object { $0.member("bytes", string: Hex.text(bytes)) }
    case .group(let parts):
      json.object { json in
        json.key("group")
        json.array { json in for part in parts { write(part, to: &json) } }
      }
    }
  }
}

import Hummingbird
import NIOCore

/// What a responder knows of a request beside the request: its connection, for the answers that must
/// close it.
struct ConnectionContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

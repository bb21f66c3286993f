#include "api/http/loop_thread.h"

#include <kj/compat/tls.h>
#include <sys/socket.h>
#include <unistd.h>

namespace robotledger::http {
namespace {

// How often is looked whose time is over.
constexpr kj::Duration kSweep = 500 * kj::MILLISECONDS;
// When there is little room left for others.
constexpr kj::Duration kCrowdedIdle = 2 * kj::SECONDS;
constexpr kj::Duration kCrowdedHead = 5 * kj::SECONDS;

constexpr kj::uint kSocketFlags = kj::LowLevelAsyncIoProvider::TAKE_OWNERSHIP |
                                  kj::LowLevelAsyncIoProvider::ALREADY_CLOEXEC |
                                  kj::LowLevelAsyncIoProvider::ALREADY_NONBLOCK;

Address peerOf(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  const auto endpoint = endpointOf(storage);
  return endpoint ? endpoint->address : Address();
}

Patience patienceOf(const Timeouts& timeouts) {
  return {.head = timeouts.head_s * kj::SECONDS,
          .body = timeouts.body_s * kj::SECONDS,
          .idle = timeouts.idle_s * kj::SECONDS,
          .answer = timeouts.answer_s * kj::SECONDS};
}

// The times are the sweep's to watch, so KJ's own never come first.
kj::HttpServerSettings settingsOf(kj::HttpServerErrorHandler& errors,
                                  kj::HttpServerCallbacks& callbacks) {
  kj::HttpServerSettings settings;
  settings.headerTimeout = 1 * kj::DAYS;
  settings.pipelineTimeout = 1 * kj::DAYS;
  settings.errorHandler = errors;
  settings.callbacks = callbacks;
  return settings;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // as in gate.h
class Service final : public kj::HttpService {
 public:
  Service(Serving& serving, LoopState& loop, Gate& gate, const Address& peer)
      : serving_(serving), loop_(loop), gate_(gate), peer_(peer) {}

  kj::Promise<void> request(kj::HttpMethod, kj::StringPtr, const kj::HttpHeaders&,
                            kj::AsyncInputStream& body, Response& out) override {
    auto exchange = kj::heap<ExchangeRunner>(serving_, loop_, gate_, peer_);
    auto answered = exchange->run(body, out);
    return answered.attach(kj::mv(exchange));
  }

 private:
  Serving& serving_;
  LoopState& loop_;
  Gate& gate_;
  const Address& peer_;
};
#pragma GCC diagnostic pop

}  // namespace

struct LoopThread::Connection {
  Connection(LoopThread& of, const Address& peer_address)
      : loop(of), peer(peer_address), place(of.open_.insert(of.open_.end(), this)) {
    deadline.since = of.timer_.now();
    deadline.until = deadline.since + of.patience_.head;
    ++of.connections_;
  }
  KJ_DISALLOW_COPY(Connection);
  ~Connection() {
    loop.open_.erase(place);
    --loop.connections_;
    --loop.serving_.connections;
    loop.serving_.peers.leave(peer);
  }

  LoopThread& loop;
  const Address peer;
  const std::list<Connection*>::iterator place;
  Deadline deadline;
  kj::Own<kj::PromiseFulfiller<void>> cut;
  kj::Own<Gate> gate;
};

LoopThread::LoopThread(Serving& serving, kj::AsyncIoContext& io,
                       std::atomic<std::size_t>& connections)
    : serving_(serving),
      io_(io),
      timer_(io.provider->getTimer()),
      connections_(connections),
      patience_(patienceOf(serving.timeouts)),
      http_(
          timer_, state_.table, [this](kj::AsyncIoStream& gate) { return serviceOf(gate); },
          settingsOf(*this, *this)),
      tasks_(*this),
      sweeping_(sweepForEver().eagerlyEvaluate(nullptr)) {}

LoopThread::~LoopThread() = default;

void LoopThread::serve(int socket) {
  const Address peer = peerOf(socket);
  if (!serving_.peers.enter(peer)) {
    serving_.too_many.add();
    --serving_.connections;
    ::close(socket);
    return;
  }
  auto connection = kj::heap<Connection>(*this, peer);
  Connection& it = *connection;
  auto cut = kj::newPromiseAndFulfiller<void>();
  it.cut = kj::mv(cut.fulfiller);
  auto stream = io_.lowLevelProvider->wrapSocketFd(socket, kSocketFlags);
  kj::Promise<void> conversation = nullptr;
  if (serving_.tls == nullptr) {
    conversation = converse(it, kj::mv(stream));
  } else {
    auto context = serving_.tls->context();
    // The context has to outlive what it wrapped.
    conversation = context->wrapServer(kj::mv(stream))
                       .then([this, &it](kj::Own<kj::AsyncIoStream>&& wrapped) {
                         return converse(it, kj::mv(wrapped));
                       })
                       .attach(kj::heap(kj::mv(context)));
  }
  tasks_.add(conversation.exclusiveJoin(kj::mv(cut.promise)).attach(kj::mv(connection)));
}

kj::Promise<void> LoopThread::converse(Connection& connection, kj::Own<kj::AsyncIoStream> stream) {
  const Transport transport = serving_.tls == nullptr ? Transport::kPlain : Transport::kTls;
  connection.gate =
      kj::heap<Gate>(kj::mv(stream), transport, patience_, timer_, connection.deadline,
                     Gate::Budget{state_.head_bytes, serving_.max_loop_head_bytes});
  next_peer_ = &connection.peer;
  return http_.listenHttpCleanDrain(*connection.gate).then([&connection](bool) {
    return connection.gate->linger();
  });
}

// Called within listenHttpCleanDrain(), with the gate that it was given.
kj::Own<kj::HttpService> LoopThread::serviceOf(kj::AsyncIoStream& gate) {
  return kj::heap<Service>(serving_, state_, kj::downcast<Gate>(gate), *next_peer_);
}

kj::Promise<void> LoopThread::drain() {
  state_.is_draining = true;
  state_.streams.end();
  auto drained = http_.drain();
  for (Connection* connection : open_) {
    if (connection->deadline.waiting == Waiting::kHandshake) connection->cut->fulfill();
  }
  return drained.then([this] { return tasks_.onEmpty(); });
}

kj::Promise<void> LoopThread::sweepForEver() {
  return timer_.afterDelay(kSweep).then([this] {
    sweep();
    return sweepForEver();
  });
}

void LoopThread::sweep() {
  const kj::TimePoint now = timer_.now();
  const bool crowded = serving_.isCrowded();
  for (Connection* connection : open_) {
    const Deadline& deadline = connection->deadline;
    const bool is_idle = deadline.waiting == Waiting::kIdle;
    const bool takes_long = !is_idle && deadline.waiting != Waiting::kHandler;
    const kj::Duration waited = now - deadline.since;
    const bool is_in_the_way =
        crowded && ((is_idle && waited > kCrowdedIdle) || (takes_long && waited > kCrowdedHead));
    if (now < deadline.until && !is_in_the_way) continue;
    if (!is_idle) serving_.cut_off.add();
    serving_.log.write(
        LogLevel::kDebug, "cut_off",
        {{"address", connection->peer.text()}, {"waited_for", waitingName(deadline.waiting)}});
    connection->cut->fulfill();
  }
}

void LoopThread::taskFailed(kj::Exception&& error) {
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return;
  // A handshake that fails, above all: whoever is there does not speak TLS as we do.
  serving_.log.write(LogLevel::kDebug, "connection_failed",
                     {{"why", error.getDescription().cStr()}});
}

kj::Promise<void> LoopThread::handleClientProtocolError(kj::HttpHeaders::ProtocolError,
                                                        kj::HttpService::Response& out) {
  return sendPlainly(state_.table, errorAnswer(400, "BAD_REQUEST", "the request is none of HTTP"),
                     out);
}

kj::Promise<void> LoopThread::handleApplicationError(kj::Exception error,
                                                     kj::Maybe<kj::HttpService::Response&> out) {
  if (error.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
  serving_.log.write(LogLevel::kError, "exchange_failed", {{"why", error.getDescription().cStr()}});
  KJ_IF_MAYBE (response, out) {
    return sendPlainly(state_.table, internalError({}), *response);
  }
  return kj::READY_NOW;
}

kj::Promise<void> LoopThread::handleNoResponse(kj::HttpService::Response& out) {
  return sendPlainly(state_.table, internalError({}), out);
}

}  // namespace robotledger::http

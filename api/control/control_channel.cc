#include "api/control/control_channel.h"

#include "api/control/address.h"
#include "api/control/frame.h"

namespace robotledger {
namespace {

Error gone() { return {ErrorCode::kClosed, "the process that has the ledger went away"}; }
Error notUnderstood() {
  return {ErrorCode::kClosed,
          "the process that has the ledger answers what this program does not understand"};
}

}  // namespace

Result<std::shared_ptr<ControlChannel>> ControlChannel::connect(const std::string& directory) {
  auto socket = connectTo(directory);
  if (!socket) return socket.error();
  std::shared_ptr<ControlChannel> channel(new ControlChannel(*std::move(socket)));
  auto greeting = channel->ask(Hello{});
  if (!greeting) return greeting.error();
  channel->greeting_ = *std::move(greeting);
  return channel;
}

Error ControlChannel::malformed() {
  const std::lock_guard lock(mutex_);
  lost_ = notUnderstood();
  return *lost_;
}

Result<Bytes> ControlChannel::receive(const std::function<void(const VerifyTold&)>& told) {
  while (true) {
    auto got = receiveFrame(socket_.get(), kMaxAnswerBytes);
    if (!got) return got.error();
    if (!*got) return gone();
    Bytes& message = **got;
    const auto kind = static_cast<AnswerKind>(message.front());
    if (kind != AnswerKind::kProgress) return std::move(message);
    const auto step = fromBytes<VerifyTold>(BytesView(message).substr(1));
    if (step && told) told(*step);
  }
}

Result<Bytes> ControlChannel::exchange(const Bytes& message,
                                       const std::function<void(const VerifyTold&)>& told,
                                       Losing losing) {
  const std::lock_guard lock(mutex_);
  if (lost_) return *lost_;
  if (message.size() > kMaxRequestBytes) {
    return Error{ErrorCode::kInvalidArgument, "what is asked is too long for the control socket"};
  }
  const auto sent = sendFrame(socket_.get(), message);
  // Who was turned away is told why, though nobody reads what he says. What was not sent whole is
  // not done.
  auto answer = receive(told);
  if (!answer) {
    lost_ = gone();
    if (!sent || losing == Losing::kNothing) return *lost_;
    return Error{ErrorCode::kOutcomeUnknown,
                 "the process that has the ledger went away before it answered: nobody knows "
                 "whether this was done; 'robotledger log' shows it"};
  }
  const auto kind = static_cast<AnswerKind>(answer->front());
  const BytesView fields = BytesView(*answer).substr(1);
  if (kind == AnswerKind::kValue) return Bytes(fields);
  if (const auto error = fromBytes<Error>(fields); error && kind == AnswerKind::kError) {
    return *error;
  }
  lost_ = notUnderstood();
  return *lost_;
}

}  // namespace robotledger

// ControlChannel: the client's end of a control socket.
//
//   auto channel = ControlChannel::connect("robotledger-data");
//   auto head = (*channel)->ask(AskHead{});
//   if (!head) return head.error();
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/control/messages.h"
#include "core/base/files.h"

namespace robotledger {

class ControlChannel {
 public:
  // kNotFound where nobody listens; the other side's error where it says no; else kIo.
  static Result<std::shared_ptr<ControlChannel>> connect(const std::string& directory);

  ControlChannel(const ControlChannel&) = delete;
  ControlChannel& operator=(const ControlChannel&) = delete;

  // What it said of its ledger.
  const Hello::Answer& greeting() const { return greeting_; }

  // Asks, and waits for the answer. The other side's error; kClosed where that has gone, and once
  // that was so; kOutcomeUnknown where a job was sent and no answer came. Any thread, one after the
  // other. `told` is told of what the other side tells meanwhile, on this thread; it may be empty.
  template <class Request>
  Result<typename Request::Answer> ask(const Request& request,
                                       const std::function<void(const VerifyTold&)>& told = {}) {
    Bytes message;
    putVarint(message, indexOf<Request>());
    message += toBytes(request);
    const auto answer = exchange(
        message, told, std::is_same_v<Request, RunJob> ? Losing::kUnknown : Losing::kNothing);
    if (!answer) return answer.error();
    auto value = fromBytes<typename Request::Answer>(*answer);
    if (!value) return malformed();
    return *std::move(value);
  }

 private:
  // What it means where no answer comes to what was sent.
  enum class Losing : std::uint8_t { kNothing, kUnknown };

  explicit ControlChannel(Descriptor socket) : socket_(std::move(socket)) {}

  template <class Request, std::size_t Index = 0>
  static constexpr std::size_t indexOf() {
    if constexpr (std::is_same_v<std::variant_alternative_t<Index, AnyRequest>, Request>) {
      return Index;
    } else {
      return indexOf<Request, Index + 1>();
    }
  }

  // The answer's fields, or the error that it is.
  Result<Bytes> exchange(const Bytes& message, const std::function<void(const VerifyTold&)>& told,
                         Losing losing);
  // From then on nothing is asked any more.
  Error malformed();
  Result<Bytes> receive(const std::function<void(const VerifyTold&)>& told);

  std::mutex mutex_;  // one exchange at a time
  Descriptor socket_;
  std::optional<Error> lost_;  // guarded by mutex_
  Hello::Answer greeting_;
};

}  // namespace robotledger

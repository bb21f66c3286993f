// Answers that are made while they are sent.
#include <atomic>
#include <future>
#include <mutex>

#include <gtest/gtest.h>

#include "tests/api/http/server_testing.h"

namespace robotledger::http {
namespace {

using std::chrono::seconds;
using Next = Stream::Next;

// The pieces that a test gives it, one after the other; then it waits for more.
class Given final : public Stream {
 public:
  Piece next() override {
    const std::lock_guard lock(mutex_);
    if (given_.empty()) return {.bytes = {}, .next = Next::kWait};
    Piece piece = std::move(given_.front());
    given_.erase(given_.begin());
    return piece;
  }
  void await(std::function<void()> wake) override {
    {
      const std::lock_guard lock(mutex_);
      if (given_.empty()) wake_ = std::move(wake);
      is_awaited_ = true;
    }
    if (wake) wake();
  }
  void give(std::string bytes, Next next = Next::kMore) {
    std::function<void()> wake;
    {
      const std::lock_guard lock(mutex_);
      given_.push_back({.bytes = std::move(bytes), .next = next});
      wake = std::exchange(wake_, nullptr);
    }
    if (wake) wake();
  }
  bool isAwaited() const { return is_awaited_; }

 private:
  std::mutex mutex_;
  std::vector<Piece> given_;
  std::function<void()> wake_;
  std::atomic<bool> is_awaited_ = false;
};

// Throws after its first piece.
class Thrower final : public Stream {
  Piece next() override {
    if (has_thrown_) throw std::runtime_error("file.cc:9");
    has_thrown_ = true;
    return {.bytes = "one", .next = Next::kMore};
  }
  bool has_thrown_ = false;
};

class Streams : public testing::Test {
 protected:
  std::shared_ptr<Given> given = std::make_shared<Given>();
  TestServer server{{route("/given", [this] { return given; }),
                     route("/throws", [] { return std::make_shared<Thrower>(); })}};
  Wire wire{server.endpoint()};

  static Route route(const char* path, const std::function<std::shared_ptr<Stream>()>& make) {
    return {.method = "GET",
            .path = path,
            .handler = [make](const Request&) -> Handled {
              Response answer{.status = 200};
              answer.stream = make();
              return answer;
            },
            .access = Access::kAnyone};
  }
  void ask(const char* path, const char* method = "GET") const {
    wire.send(std::string(method) + " " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }
};

TEST_F(Streams, AreSentPieceByPieceAndTheConnectionGoesOn) {
  ask("/given");
  given->give("first");
  const std::string head = wire.upTo("\r\n\r\n");
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), head.npos) << head;
  EXPECT_EQ(head.find("Content-Length"), head.npos);
  EXPECT_EQ(wire.upTo("first\r\n"), "5\r\nfirst\r\n");
  given->give("");
  given->give("second", Next::kEnd);
  EXPECT_EQ(wire.upTo("0\r\n\r\n"), "6\r\nsecond\r\n0\r\n\r\n");
  given->give("again", Next::kEnd);
  ask("/given");
  EXPECT_NE(wire.upTo("0\r\n\r\n").find("again"), std::string::npos);
}

TEST_F(Streams, GoOnWhenTheyAreWoken) {
  ask("/given");
  wire.upTo("\r\n\r\n");
  while (!given->isAwaited()) std::this_thread::yield();
  given->give("late");
  EXPECT_EQ(wire.upTo("late\r\n"), "4\r\nlate\r\n");
}

TEST_F(Streams, OneThatIsCutIsNotTakenForWhole) {
  ask("/given");
  given->give("part", Next::kCut);
  wire.upTo("part\r\n");
  EXPECT_TRUE(wire.isEnded());
  Wire other(server.endpoint());
  other.send("GET /throws HTTP/1.1\r\nHost: test\r\n\r\n");
  other.upTo("one\r\n");
  EXPECT_TRUE(other.isEnded());
  EXPECT_EQ(server.log().find("file.cc:9"), std::string::npos);
}

TEST_F(Streams, AHeadHasNoBody) {
  ask("/given", "HEAD");
  wire.upTo("\r\n\r\n");
  ask("/given", "HEAD");
  EXPECT_TRUE(wire.upTo("\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_FALSE(given->isAwaited());
}

TEST_F(Streams, AreEndedWhenTheServerDrains) {
  ask("/given");
  given->give("first");
  wire.upTo("first\r\n");
  auto drained = std::async(std::launch::async, [&] { server.server().drain(); });
  EXPECT_EQ(drained.wait_for(seconds(5)), std::future_status::ready);
  EXPECT_EQ(wire.upTo("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(Streams, OfAClientThatWentAwayAreLetGoOf) {
  {
    Wire leaving(server.endpoint());
    leaving.send("GET /given HTTP/1.1\r\nHost: test\r\n\r\n");
    leaving.upTo("\r\n\r\n");
  }
  // The test holds one, and the server lets go of its own when it finds out.
  for (int i = 0; i < 2000 && given.use_count() > 1; ++i) {
    given->give("more");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(given.use_count(), 1);
}

}  // namespace
}  // namespace robotledger::http

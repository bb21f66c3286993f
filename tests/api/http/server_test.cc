#include "api/http/server.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>

#include "tests/api/http/server_testing.h"

namespace robotledger::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kEchoLimit = 1000;
constexpr std::string_view kInternal =
    "{\"errors\":[{\"code\":\"INTERNAL\",\"message\":\"internal server error\"}]}\n";

Response said(std::string body) {
  return {.status = 200, .headers = {}, .body = std::move(body), .why = {}, .who = {}};
}

Handled echo(const Request& request) {
  Response answer = said(request.body);
  answer.headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}, {"Cache-Control", "private"}};
  answer.who = "somebody";
  return answer;
}

Route get(const char* path, Handler handler) {
  return {.method = "GET", .path = path, .handler = std::move(handler), .access = Access::kAnyone};
}

std::vector<Route> testRoutes() {
  return {
      {.method = "POST",
       .path = "/echo",
       .handler = echo,
       .access = Access::kAnyone,
       .body_limit = kEchoLimit},
      get("/quick", [](const Request&) -> Handled { return said("quick"); }),
      get("/slow",
          [](const Request& request) -> Handled {
            return [query = request.query] {
              std::this_thread::sleep_for(milliseconds(200));
              return said(query);
            };
          }),
      get("/throws", [](const Request&) -> Handled { throw std::runtime_error("file.cc:1"); }),
      get("/throws-slowly",
          [](const Request&) -> Handled {
            return []() -> Response { throw std::runtime_error("file.cc:2"); };
          }),
      get("/throws-a-number", [](const Request&) -> Handled { throw 7; }),
      get("/bad-header",
          [](const Request&) -> Handled {
            Response answer = said("x");
            answer.headers = {{"A", "b\r\nInjected: yes"}};
            return answer;
          }),
      get("/empty",
          [](const Request&) -> Handled {
            Response answer = said("");
            answer.status = 204;
            return answer;
          }),
      get("/large", [](const Request&) -> Handled { return said(std::string(16 << 20, 'x')); }),
  };
}

std::string getRequest(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

std::string chunked(std::string_view chunks) {
  return "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" +
         std::string(chunks);
}

TEST(Server, CarriesABodyToItsHandlerAndTheAnswerBack) {
  const TestServer server(testRoutes());
  const std::string answer = server.ask(post("/echo", "a body"));
  EXPECT_EQ(statusOf(answer), "200");
  EXPECT_EQ(bodyOf(answer), "a body");
  EXPECT_THAT(answer, HasSubstr("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"));
  EXPECT_THAT(answer, HasSubstr("Cache-Control: private\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("no-store")));
}

TEST(Server, ServesRequestsWithBodiesOneBehindTheOther) {
  const TestServer server(testRoutes());
  Wire wire(server.endpoint());
  ASSERT_TRUE(wire.send(post("/echo", "one") + post("/echo", "two") + getRequest("/empty") +
                        getRequest("/slow?three") + getRequest("/quick")));
  EXPECT_EQ(bodyOf(wire.answer()), "one");
  EXPECT_EQ(bodyOf(wire.answer()), "two");
  EXPECT_EQ(statusOf(wire.answer()), "204");
  EXPECT_EQ(bodyOf(wire.answer()), "three");
  EXPECT_EQ(bodyOf(wire.answer()), "quick");
}

TEST(Server, ReadsARequestWhereverItIsCut) {
  const TestServer server(testRoutes());
  const std::string request = post("/echo", "body");
  for (std::size_t cut = 1; cut < request.size(); cut += 3) {
    Wire wire(server.endpoint());
    ASSERT_TRUE(wire.send(std::string_view(request).substr(0, cut)));
    std::this_thread::sleep_for(milliseconds(2));
    ASSERT_TRUE(wire.send(std::string_view(request).substr(cut)));
    EXPECT_EQ(bodyOf(wire.answer()), "body") << cut;
  }
}

TEST(Server, TakesABodyInChunksAndEndsTheConnectionBehindIt) {
  const TestServer server(testRoutes());
  Wire wire(server.endpoint());
  ASSERT_TRUE(
      wire.send(chunked("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n") + getRequest("/quick")));
  const std::string answer = wire.answer();
  EXPECT_EQ(bodyOf(answer), "abc0123456789");
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(wire.isEnded());
}

TEST(Server, RefusesChunksThatAreWrong) {
  const TestServer server(testRoutes());
  for (const char* wrong : {"x\r\nabc\r\n0\r\n\r\n", "-1\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n"}) {
    Wire wire(server.endpoint());
    ASSERT_TRUE(wire.send(chunked(wrong)));
    EXPECT_EQ(statusOf(wire.answer()), "400") << wrong;
    EXPECT_TRUE(wire.isEnded()) << wrong;
  }
}

TEST(Server, RefusesBodiesBeyondTheRoutesLimit) {
  const TestServer server(testRoutes());
  const std::string most(kEchoLimit, 'x');
  EXPECT_EQ(bodyOf(server.ask(post("/echo", most))), most);
  EXPECT_EQ(statusOf(server.ask(post("/echo", most + "x"))), "413");
  EXPECT_EQ(bodyOf(server.ask(chunked("3e8\r\n" + most + "\r\n0\r\n\r\n"))), most);
  EXPECT_EQ(statusOf(server.ask(chunked("3e8\r\n" + most + "\r\n1\r\nx\r\n0\r\n\r\n"))), "413");
  // However large it is said to be, and however much of it comes.
  Wire wire(server.endpoint());
  ASSERT_TRUE(wire.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"));
  EXPECT_EQ(statusOf(wire.answer()), "413");
  const std::string some(1 << 16, 'x');
  int sent = 0;
  while (sent < 1000 && wire.send(some)) ++sent;
  EXPECT_LT(sent, 1000);
}

TEST(Server, LetsAClientGoOnThatAsksWhetherItMay) {
  const TestServer server(testRoutes());
  Wire wire(server.endpoint());
  const std::string request = post("/echo", "body", "Expect: 100-continue\r\n");
  ASSERT_TRUE(wire.send(std::string_view(request).substr(0, request.size() - 4)));
  EXPECT_THAT(wire.answer(), testing::StartsWith("HTTP/1.1 100 "));
  ASSERT_TRUE(wire.send("body"));
  EXPECT_EQ(bodyOf(wire.answer()), "body");
  // One that may not is told so at once.
  Wire other(server.endpoint());
  ASSERT_TRUE(
      other.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                 "Content-Length: 1001\r\n\r\n"));
  EXPECT_EQ(statusOf(other.answer()), "413");
}

TEST(Server, FailuresOfHandlersAreToldInTheLogAlone) {
  TestServer server(testRoutes());
  for (const char* path : {"/throws", "/throws-slowly", "/throws-a-number", "/bad-header"}) {
    const std::string answer = server.ask(getRequest(path));
    EXPECT_EQ(statusOf(answer), "500") << path;
    EXPECT_EQ(bodyOf(answer), kInternal) << path;
    EXPECT_THAT(answer, Not(HasSubstr("Injected"))) << path;
  }
  const std::string log = server.log();
  EXPECT_THAT(log, HasSubstr("\"why\":\"file.cc:1\""));
  EXPECT_THAT(log, HasSubstr("\"why\":\"file.cc:2\""));
}

TEST(Server, LogsWhoAskedForWhat) {
  TestServer server(testRoutes());
  (void)server.ask(post("/echo?secret", "secret", "X-Request-Id: seven\r\n"));
  const std::string log = server.log();
  EXPECT_THAT(log, HasSubstr("\"request_id\":\"seven\",\"method\":\"POST\",\"path\":\"/echo\","
                             "\"status\":200,\"duration_ms\":"));
  EXPECT_THAT(log, HasSubstr("\"address\":\"127.0.0.1\",\"who\":\"somebody\"}\n"));
  EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST(Server, SaysThatItIsBusyWhereTooMuchSlowWorkWaits) {
  ServerOptions options;
  options.workers = {.threads = 1, .queue = 2};
  const TestServer server(testRoutes(), options);
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 12; ++i) {
    wires.push_back(std::make_unique<Wire>(server.endpoint()));
    ASSERT_TRUE(wires.back()->send(getRequest("/slow?x")));
  }
  // What is quick is served meanwhile.
  EXPECT_EQ(bodyOf(server.ask(getRequest("/quick"))), "quick");
  int served = 0;
  int busy = 0;
  for (const auto& wire : wires) {
    const std::string answer = wire->answer();
    if (statusOf(answer) == "200") ++served;
    if (statusOf(answer) != "503") continue;
    ++busy;
    EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
  }
  EXPECT_GE(served, 2);
  EXPECT_EQ(served + busy, 12);
  EXPECT_GE(busy, 5);
}

TEST(Server, ServesOnWhereClientsLeaveWhileTheirAnswerIsMade) {
  const TestServer server(testRoutes());
  for (int i = 0; i < 20; ++i) {
    const Wire leaves(server.endpoint());
    ASSERT_TRUE(leaves.send(getRequest("/slow?x")));
    const Wire leaves_early(server.endpoint());
    ASSERT_TRUE(leaves_early.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"));
  }
  EXPECT_EQ(bodyOf(server.ask(getRequest("/slow?y"))), "y");
}

TEST(Server, CutsOffBodiesThatComeTooSlowly) {
  ServerOptions options;
  options.timeouts = {.head_s = 1, .body_s = 1, .idle_s = 1, .answer_s = 1};
  const TestServer server(testRoutes(), options);
  Wire slow_body(server.endpoint());
  ASSERT_TRUE(slow_body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"));
  const auto begun = std::chrono::steady_clock::now();
  // A byte now and then does not make it last.
  while (slow_body.send("x") && std::chrono::steady_clock::now() - begun < seconds(8)) {
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(5));
  EXPECT_EQ(bodyOf(server.ask(getRequest("/quick"))), "quick");
}

TEST(Server, LargeAnswersReachWhoReadsThem) {
  const TestServer server(testRoutes());
  EXPECT_EQ(bodyOf(server.ask(getRequest("/large"))).size(), std::size_t{16} << 20);
}

TEST(Server, DrainsByAnsweringWhatIsUnderWay) {
  TestServer server(testRoutes());
  Wire idle(server.endpoint());
  Wire busy(server.endpoint());
  ASSERT_TRUE(idle.send(getRequest("/quick")));
  EXPECT_EQ(bodyOf(idle.answer()), "quick");
  ASSERT_TRUE(busy.send(getRequest("/slow?last")));
  std::this_thread::sleep_for(milliseconds(50));
  auto drained = std::async(std::launch::async, [&] { server.server().drain(); });
  const std::string last = busy.answer();
  EXPECT_EQ(bodyOf(last), "last");
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(busy.isEnded());
  EXPECT_TRUE(idle.isEnded());
  EXPECT_EQ(drained.wait_for(seconds(5)), std::future_status::ready);
}

TEST(Server, SharesItsConnectionsAmongItsLoops) {
  ServerOptions options;
  options.loops = 4;
  std::atomic<int> threads = 0;
  const TestServer server({get("/thread",
                               [&threads](const Request&) -> Handled {
                                 thread_local const int mine = ++threads;
                                 return said(std::to_string(mine));
                               })},
                          options);
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 40; ++i) {
    wires.push_back(std::make_unique<Wire>(server.endpoint()));
    ASSERT_TRUE(wires.back()->send(getRequest("/thread")));
    EXPECT_NE(bodyOf(wires.back()->answer()), "");
  }
  EXPECT_EQ(threads, 4);
}

TEST(ServerBounds, OneClientHasOnlySoManyConnections) {
  TestServer server({get("/quick", [](const Request&) -> Handled { return said("quick"); })},
                    {.max_connections_per_address = 2});
  const std::string asked = "GET /quick HTTP/1.1\r\nHost: test\r\n\r\n";
  auto first = std::make_unique<Wire>(server.endpoint());
  Wire second(server.endpoint());
  for (Wire* one : {first.get(), &second}) {
    one->send(asked);
    EXPECT_EQ(statusOf(one->answer()), "200");
  }
  Wire third(server.endpoint());
  EXPECT_TRUE(third.isEnded());
  EXPECT_NE(server.metrics().text().find("robotledger_http_connections_refused_total 1"),
            std::string::npos);
  first.reset();
  // Until the server has seen that it left.
  for (int i = 0; i < 500; ++i) {
    Wire fourth(server.endpoint());
    fourth.send(asked);
    if (statusOf(fourth.answer()) == "200") return;
    std::this_thread::sleep_for(milliseconds(10));
  }
  ADD_FAILURE() << "the first one's place stays taken";
}

TEST(ServerBounds, UnfinishedHeadsHaveOnlySoMuchRoomTogether) {
  TestServer server({get("/quick", [](const Request&) -> Handled { return said("quick"); })},
                    {.loops = 1, .max_loop_head_bytes = 8192});
  const std::string long_head = "GET /quick HTTP/1.1\r\nHost: test\r\nX: " + std::string(9000, 'x');
  std::vector<std::unique_ptr<Wire>> wires;
  bool is_ended = false;
  for (int i = 0; i < 4 && !is_ended; ++i) {
    wires.push_back(std::make_unique<Wire>(server.endpoint()));
    wires.back()->send(long_head);
  }
  EXPECT_TRUE(wires.back()->isEnded());
  wires.clear();
  // A short head needs no room of that kind, and there is room again for a long one.
  EXPECT_EQ(statusOf(server.ask("GET /quick HTTP/1.1\r\nHost: test\r\n\r\n")), "200");
  const std::string fits = "GET /quick HTTP/1.1\r\nHost: test\r\nX: " + std::string(6000, 'x');
  for (int i = 0; i < 500; ++i) {
    if (statusOf(server.ask(fits + "\r\n\r\n")) == "200") return;
    std::this_thread::sleep_for(milliseconds(10));
  }
  ADD_FAILURE() << "the room stays taken";
}

}  // namespace
}  // namespace robotledger::http

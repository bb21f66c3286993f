#include "api/http/router.h"

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

Route route(const char* method, const char* path) {
  return {.method = method, .path = path, .handler = [](const Request&) -> Handled {
            return Response();
          }};
}

TEST(Router, FindsARouteByItsExactPathAndItsMethod) {
  const Router router({route("GET", "/a"), route("POST", "/a"), route("POST", "/b")});
  EXPECT_EQ(router.find("GET", "/a").index, 0U);
  EXPECT_EQ(router.find("HEAD", "/a").index, 0U);
  EXPECT_EQ(router.find("POST", "/a").index, 1U);
  EXPECT_EQ(router.find("POST", "/b").route, &router.routes()[2]);
  for (const char* none : {"/", "", "/a/", "/A", "/%61", "//a", "/a?"}) {
    EXPECT_EQ(router.find("GET", none).found, RouteFound::kNoPath) << none;
  }
}

TEST(Router, TellsWhichMethodsAPathTakes) {
  const Router router({route("GET", "/a"), route("POST", "/a"), route("POST", "/b")});
  const Routed put = router.find("PUT", "/a");
  EXPECT_EQ(put.found, RouteFound::kWrongMethod);
  EXPECT_EQ(put.allowed, "GET, HEAD, POST");
  // A HEAD is served where a GET is, and nowhere else.
  EXPECT_EQ(router.find("HEAD", "/b").found, RouteFound::kWrongMethod);
  EXPECT_EQ(router.find("get", "/a").found, RouteFound::kWrongMethod);
  EXPECT_EQ(wrongMethod(put.allowed).headers.back().value, "GET, HEAD, POST");
}

TEST(Request, HeadersAreFoundWhateverTheirCase) {
  Request request;
  request.headers = {{"Accept", "a"}, {"ACCEPT", "b"}, {"Host", ""}};
  EXPECT_EQ(request.header("accept"), "a");
  EXPECT_EQ(request.header("HOST"), "");
  EXPECT_EQ(request.header("Accep"), std::nullopt);
  EXPECT_EQ(request.headerCount("accept"), 2U);
}

}  // namespace
}  // namespace robotledger::http

#include "api/http/router.h"

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

Route route(const char* method, const char* path) {
  return {.method = method,
          .path = path,
          .handler = [](const Request&) -> Handled { return Response(); },
          .access = Access::kAnyone};
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

std::string partsOf(const Routed& routed) {
  std::string text;
  for (const PathPart& part : routed.parts) text += part.name + "=" + part.value + ";";
  return text;
}

TEST(Router, GivesThePartsOfThePathThatARouteNames) {
  const Router router({route("GET", "/robots/{id}"), route("GET", "/projects/{name}/logs"),
                       route("POST", "/projects/{name}"), route("GET", "/tile/{rest...}")});
  EXPECT_EQ(partsOf(router.find("GET", "/robots/12")), "id=12;");
  EXPECT_EQ(partsOf(router.find("GET", "/projects/web/logs")), "name=web;");
  EXPECT_EQ(partsOf(router.find("GET", "/tile/0/x001/067")), "rest=0/x001/067;");
  EXPECT_EQ(partsOf(router.find("GET", "/robots/a%2fb%20c+d")), "id=a/b c+d;");
  EXPECT_EQ(router.find("GET", "/projects/web").allowed, "POST");
  for (const char* none :
       {"/robots", "/robots/", "/robots/1/", "/robots/1/2", "/projects//logs", "/tile", "/tile/",
        "/robots/%", "/robots/%0", "/robots/%zz", "/robots/%00", "robots/1"}) {
    EXPECT_EQ(router.find("GET", none).found, RouteFound::kNoPath) << none;
  }
}

TEST(Router, TakesWhatIsSpelledOutBeforeWhatIsInBraces) {
  const Router router({route("GET", "/a/{any}"), route("GET", "/a/b"), route("GET", "/a/b/c"),
                       route("GET", "/a/{any}/d"), route("GET", "/a/{rest...}")});
  EXPECT_EQ(router.find("GET", "/a/b").index, 1U);
  EXPECT_EQ(router.find("GET", "/a/c").index, 0U);
  EXPECT_EQ(router.find("GET", "/a/b/c").index, 2U);
  // What was spelled out ends nowhere, so the braces stand for it.
  EXPECT_EQ(partsOf(router.find("GET", "/a/b/d")), "any=b;");
  EXPECT_EQ(partsOf(router.find("GET", "/a/b/e/f")), "rest=b/e/f;");
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

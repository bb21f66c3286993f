#include "api/http/head.h"

#include <gmock/gmock.h>

namespace robotledger::http {
namespace {

constexpr std::string_view kGet = "GET /a/b?c=d HTTP/1.1\r\nHost: x\r\n";

Head read(std::string_view lines) { return parseHead(std::string(kGet) + std::string(lines)); }

int statusOf(const Head& head) { return head.refused ? head.refused->status : 200; }

TEST(Head, IsReadIntoItsParts) {
  const Head head = read("X-One:  two words\t\r\nEmpty:\r\n\r\n");
  EXPECT_EQ(statusOf(head), 200);
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.path, "/a/b");
  EXPECT_EQ(head.query, "c=d");
  ASSERT_EQ(head.headers.size(), 3U);
  EXPECT_EQ(head.headers[1].name, "X-One");
  EXPECT_EQ(head.headers[1].value, "two words");
  EXPECT_EQ(head.headers[2].value, "");
  EXPECT_EQ(head.after, AfterAnswer::kKeepAlive);
}

TEST(Head, EndsBehindTheEmptyLineHoweverItCame) {
  const std::string whole = std::string(kGet) + "\r\nGET / HTTP/1.1\r\n";
  const std::size_t end = kGet.size() + 2;
  // As if it had come in two parts, cut at every place.
  for (std::size_t cut = 0; cut < end; ++cut) {
    EXPECT_EQ(findHeadEnd(std::string_view(whole).substr(0, cut), 0), std::nullopt) << cut;
    EXPECT_EQ(findHeadEnd(whole, cut), end) << cut;
  }
}

TEST(Head, EndsAtANewlineThatIsNotHttps) {
  EXPECT_EQ(findHeadEnd("GET / HTTP/1.1\nHost", 0), 15U);
  EXPECT_EQ(statusOf(parseHead("GET / HTTP/1.1\n")), 400);
}

TEST(Head, MayStandBehindOneEmptyLine) {
  const std::string text = "\r\n" + std::string(kGet) + "\r\n";
  EXPECT_EQ(findHeadEnd(text, 0), text.size());
  EXPECT_EQ(statusOf(parseHead(text)), 200);
}

TEST(Head, TargetsAreOriginsOrUrls) {
  const auto target = [](std::string_view text) {
    return parseHead("GET " + std::string(text) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  EXPECT_EQ(target("http://user@h:1/p?q").path, "/p");
  EXPECT_EQ(target("http://user@h:1/p?q").query, "q");
  EXPECT_EQ(target("HTTPS://h").path, "/");
  EXPECT_EQ(target("https://h?q").path, "/");
  EXPECT_EQ(target("//h/p").path, "//h/p");
  EXPECT_EQ(target("/p?a?b").query, "a?b");
  for (const char* none : {"p", "ftp://h/p", "/p#f", "/\x7f", "/\xc3\xa4", ""}) {
    EXPECT_EQ(statusOf(target(none)), 400) << none;
  }
}

TEST(Head, OneLengthOrChunksSayWhereABodyEnds) {
  EXPECT_EQ(read("Content-Length: 012\r\n\r\n").body_bytes, 12U);
  EXPECT_EQ(read("Transfer-Encoding: Chunked\r\n\r\n").framing, Framing::kChunked);
  EXPECT_GT(read("Content-Length: 99999999999999999999999999\r\n\r\n").body_bytes,
            std::uint64_t{1} << 59);
  for (const char* both :
       {"Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "Content-Length: 1, 1\r\n\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "Content-Length: 1a\r\n\r\n",
        "Content-Length: -0\r\n\r\n", "Content-Length: \r\n\r\n",
        "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n"}) {
    EXPECT_EQ(statusOf(read(both)), 400) << both;
  }
  EXPECT_EQ(statusOf(read("Transfer-Encoding: gzip, chunked\r\n\r\n")), 501);
}

TEST(Head, EndsTheConnectionWhereItSaysSo) {
  EXPECT_EQ(read("Connection: x, close\r\n\r\n").after, AfterAnswer::kClose);
  EXPECT_EQ(read("Connection: closed\r\n\r\n").after, AfterAnswer::kKeepAlive);
  EXPECT_EQ(parseHead("GET / HTTP/1.0\r\n\r\n").after, AfterAnswer::kClose);
  EXPECT_EQ(statusOf(parseHead("GET / HTTP/1.0\r\n\r\n")), 200);
  EXPECT_EQ(statusOf(parseHead("GET / HTTP/1.1\r\n\r\n")), 400);
  EXPECT_EQ(statusOf(parseHead("GET / HTTP/1.2\r\nHost: x\r\n\r\n")), 505);
}

TEST(Head, IsBoundedInEachOfItsParts) {
  std::string headers;
  for (std::size_t i = 1; i < kMaxHeaders; ++i) headers += "A: b\r\n";
  EXPECT_EQ(statusOf(read(headers + "\r\n")), 200);
  EXPECT_EQ(statusOf(read(headers + "A: b\r\n\r\n")), 431);
  const std::string path(kMaxTargetBytes, 'a');
  EXPECT_EQ(statusOf(parseHead("GET /" + path + " HTTP/1.1\r\nHost: x\r\n\r\n")), 414);
  EXPECT_EQ(statusOf(parseHead("GET /" + path.substr(1) + " HTTP/1.1\r\nHost: x\r\n\r\n")), 200);
  EXPECT_EQ(statusOf(parseTooLongHead("GET /" + path)), 414);
  const Head long_headers = parseTooLongHead(std::string(kGet) + "X-Request-Id: 7\r\nA: " + path);
  EXPECT_EQ(statusOf(long_headers), 431);
  EXPECT_EQ(long_headers.headers.back().value, "7");
}

TEST(Head, WhatIsRefusedIsToldWithoutWhatCame) {
  const Response answer = refusedAnswer({.status = 400, .why = "no Host"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            "{\"errors\":[{\"code\":\"BAD_REQUEST\",\"message\":\"the request has no "
            "Host\"}]}\n");
}

}  // namespace
}  // namespace robotledger::http

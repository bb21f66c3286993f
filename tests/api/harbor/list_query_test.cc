#include "api/harbor/list_query.h"

#include <gtest/gtest.h>

namespace robotledger::harbor {
namespace {

using Kind = ListTerm::Kind;

std::vector<ListTerm> terms(std::string_view q) {
  auto parsed = parseListTerms(q);
  EXPECT_TRUE(std::holds_alternative<std::vector<ListTerm>>(parsed)) << q;
  return std::get<std::vector<ListTerm>>(parsed);
}

TEST(ListTerms, AreReadInEveryForm) {
  const auto read = terms("name=~ci, Level=project,ProjectID=3,op_time=[2026-01-01~2026-02-01]");
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0].key, "name");
  EXPECT_EQ(read[0].kind, Kind::kContains);
  EXPECT_EQ(read[1].key, "Level");
  EXPECT_EQ(read[1].values, std::vector<std::string>{"project"});
  EXPECT_EQ(read[3].kind, Kind::kRange);
  EXPECT_EQ(read[3].values, (std::vector<std::string>{"2026-01-01", "2026-02-01"}));
  EXPECT_EQ(terms("a={x \"y z\"}")[0].values, (std::vector<std::string>{"x", "y z"}));
  EXPECT_EQ(terms("a=\"b,c=d\"")[0].values, std::vector<std::string>{"b,c=d"});
  EXPECT_TRUE(terms("").empty());
}

TEST(ListTerms, AreDecodedOnceMore) {
  EXPECT_EQ(terms("name%3Dlibrary%2Bci")[0].values, std::vector<std::string>{"library+ci"});
  EXPECT_EQ(terms("name=library+ci")[0].values, std::vector<std::string>{"library+ci"});
}

TEST(ListTerms, WhatCannotBeReadIsSaid) {
  for (const char* wrong : {"name", "=x", "a=[1]", "a={x", "a=%zz", "a=[1~2"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parseListTerms(wrong))) << wrong;
  }
}

TEST(ListTerms, MatchWhatTheyAskFor) {
  EXPECT_TRUE(terms("a=x")[0].matches("x"));
  EXPECT_FALSE(terms("a=x")[0].matches("xy"));
  EXPECT_TRUE(terms("a=~x")[0].matches("axb"));
  EXPECT_TRUE(terms("a={x y}")[0].matches("y"));
  EXPECT_FALSE(terms("a={x y}")[0].matches("z"));
  EXPECT_FALSE(terms("a=(x y)")[0].matches("y"));
  EXPECT_TRUE(terms("a=[b~]")[0].matches("c"));
  EXPECT_FALSE(terms("a=[b~d]")[0].matches("e"));
  EXPECT_EQ(findTerm(terms("a=1,a=2"), "a")->values.front(), "2");
  EXPECT_EQ(findTerm(terms("a=1"), "A"), nullptr);
}

TEST(Sort, HasKeysAndDirections) {
  const auto keys = parseSort("name,-creation_time,");
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_FALSE(keys[0].descending);
  EXPECT_EQ(keys[1].key, "creation_time");
  EXPECT_TRUE(keys[1].descending);
}

Paging paging(std::optional<std::string> page, std::optional<std::string> size) {
  return std::get<Paging>(parsePaging(page, size));
}

TEST(Pages, BeginAtOneAndHaveTenUnlessTheyAreAskedForOtherwise) {
  EXPECT_EQ(paging({}, {}).skip(), 0U);
  EXPECT_EQ(paging({}, {}).take(), 10U);
  EXPECT_EQ(paging("3", "100").skip(), 200U);
  EXPECT_EQ(paging("0", "0").skip(), 0U);
  EXPECT_GT(paging("0", "0").take(), std::size_t{1} << 40);
  EXPECT_GT(paging("9223372036854775807", "100").skip(), std::size_t{1} << 60);
  for (const char* wrong : {"101", "-1", "x", "", "1.5", "99999999999999999999"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parsePaging({}, wrong))) << wrong;
  }
  EXPECT_TRUE(std::holds_alternative<std::string>(parsePaging("x", {})));
}

TEST(Pages, LinkToThoseBesideThem) {
  const Form form = *parseForm("q=name%3D~a&page=2&page_size=10");
  EXPECT_EQ(linkHeader("/r", form, paging("2", "10"), 25),
            "</r?page=1&page_size=10&q=name%3D~a>; rel=\"prev\" , "
            "</r?page=3&page_size=10&q=name%3D~a>; rel=\"next\"");
  EXPECT_EQ(linkHeader("/r", {}, paging("1", "10"), 11), "</r?page=2&page_size=10>; rel=\"next\"");
  EXPECT_EQ(linkHeader("/r", {}, paging("1", "10"), 10), "");
  EXPECT_EQ(linkHeader("/r", {}, paging("1", "0"), 10), "");
  EXPECT_EQ(linkHeader("/r", {}, paging("2", "10"), 10), "</r?page=1&page_size=10>; rel=\"prev\"");
  EXPECT_EQ(linkHeader("/r", {}, paging("9", "10"), 10), "");
}

}  // namespace
}  // namespace robotledger::harbor

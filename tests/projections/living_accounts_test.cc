#include "projections/living_accounts.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

CommittedEvents one(std::uint64_t sequence, EventBody body) {
  auto events = std::make_shared<std::vector<Event>>(1);
  events->back().sequence = {sequence};
  events->back().body = std::move(body);
  return events;
}

AccountCreated created(std::uint64_t id, std::uint32_t project, const char* name) {
  return {.account = {id}, .project = {project}, .name = name};
}

std::string idsOf(const LivingPage& page) {
  std::string text;
  for (const AccountId id : page.accounts) text += std::to_string(id.value) + " ";
  return text + "of " + std::to_string(page.total);
}

class LivingPages : public testing::Test {
 protected:
  LivingPages() {
    some_.load(State());
    std::uint64_t sequence = 0;
    for (const auto& [id, name] : {std::pair(1, "zoe"), {2, "ann"}, {4, "bob"}, {5, "abe"}}) {
      some_.onCommitted(one(++sequence, created(static_cast<std::uint64_t>(id), 7, name)));
    }
    some_.onCommitted(one(++sequence, created(3, 0, "ann")));
  }
  std::string ids(const LivingQuestion& question) const { return idsOf(some_.page(question)); }
  LivingAccounts some_;
};

TEST_F(LivingPages, ArePagedInEachOrder) {
  const ProjectId web{7};
  EXPECT_EQ(ids({.project = web}), "1 2 4 5 of 4");
  EXPECT_EQ(ids({.project = web, .order = ListOrder::kByIdDown}), "5 4 2 1 of 4");
  EXPECT_EQ(ids({.project = web, .order = ListOrder::kByName}), "5 2 4 1 of 4");
  EXPECT_EQ(ids({.project = web, .order = ListOrder::kByNameDown}), "1 4 2 5 of 4");
  EXPECT_EQ(ids({.project = web, .skip = 1, .take = 2}), "2 4 of 4");
  EXPECT_EQ(ids({.project = web, .skip = 4}), "of 4");
  EXPECT_EQ(ids({.project = ProjectId{0}}), "3 of 1");
  EXPECT_EQ(ids({.project = ProjectId{8}}), "of 0");
  EXPECT_EQ(some_.page({}).size, TreeSize{6});
}

TEST_F(LivingPages, AreChosenByName) {
  const LivingQuestion with_a{
      .project = ProjectId{7},
      .wanted = [](AccountId, std::string_view name) { return name.find('a') != name.npos; },
      .skip = 1,
      .take = 1};
  EXPECT_EQ(ids(with_a), "5 of 2");
}

TEST_F(LivingPages, AreGoneOnceDeleted) {
  some_.onCommitted(one(6, AccountDeleted{{2}}));
  some_.onCommitted(one(7, created(6, 7, "ann")));
  some_.onCommitted(one(8, AccountDeleted{{99}}));
  EXPECT_EQ(ids({.project = ProjectId{7}, .order = ListOrder::kByName}), "5 6 4 1 of 4");
}

TEST(LivingAccounts, PassOverWhatComesBeforeTheyAreLoaded) {
  LivingAccounts living;
  living.onCommitted(one(1, created(1, 7, "ann")));
  EXPECT_EQ(idsOf(living.page({.project = ProjectId{7}})), "of 0");
}

}  // namespace
}  // namespace robotledger

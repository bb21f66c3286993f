#include "projections/catalog.h"

#include <gtest/gtest.h>

#include "projections/memory_row_store.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

// Put one by one: a list of them in braces takes the compiler minutes.
std::vector<EventBody> bodies() {
  std::vector<EventBody> all;
  all.emplace_back(LedgerInitialized{
      .origin = "o", .ledger_id = {}, .system_expiry_days = 30, .admin = "admin"});
  all.emplace_back(ProjectCreated{ProjectId{1}, "web"});
  all.emplace_back(ProjectCreated{ProjectId{2}, "api"});
  all.emplace_back(ProjectDeleted{ProjectId{1}});
  all.emplace_back(SystemExpiryChanged{30, 7});
  all.emplace_back(ProjectCreated{ProjectId{3}, "web"});
  all.emplace_back(ServiceSettingsChanged{{}, {600, "helm", "registry.example"}});
  return all;
}
const std::vector<EventBody> kBodies = bodies();

// Each event a day after the one before it.
Event event(std::size_t index) {
  const auto days = static_cast<std::int64_t>(index);
  return {.sequence = Sequence{index}, .time = Instant{days * kUsPerDay}, .body = kBodies[index]};
}

void takeAll(CatalogKeeper& keeper) {
  for (std::size_t i = 0; i < kBodies.size(); ++i) ASSERT_TRUE(keeper.take(event(i)));
}

TEST(Catalog, NamesProjectsAndThoseThatAreNone) {
  CatalogKeeper keeper;
  takeAll(keeper);
  const Catalog& catalog = keeper.current();
  EXPECT_EQ(catalog.nameOf(ProjectId{2}), "api");
  EXPECT_EQ(catalog.nameOf(ProjectId{0}), "");
  EXPECT_EQ(catalog.find(ProjectId{0}), nullptr);
  EXPECT_EQ(catalog.find(ProjectId{4}), nullptr);
  EXPECT_EQ(catalog.find(ProjectId{1})->deleted, Sequence{3});
  EXPECT_EQ(catalog.find(ProjectId{1})->deleted_at, Instant{3 * kUsPerDay});
}

TEST(Catalog, KnowsAllWhoBoreAName) {
  CatalogKeeper keeper;
  takeAll(keeper);
  const auto bearers = [&](std::string_view name, std::uint64_t as_of) {
    std::vector<std::uint32_t> ids;
    for (const ProjectLife* life : keeper.current().named(name, Sequence{as_of})) {
      ids.push_back(life->id.value);
    }
    return ids;
  };
  EXPECT_EQ(bearers("web", 5), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(bearers("web", 4), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(bearers("web", 0), std::vector<std::uint32_t>());
  EXPECT_EQ(bearers("we", 5), std::vector<std::uint32_t>());
}

TEST(Catalog, KeepsTheSettingsHistory) {
  CatalogKeeper keeper;
  takeAll(keeper);
  EXPECT_EQ(keeper.current().settings,
            (Settings{{Instant{0}, Sequence{0}, 30}, {Instant{4 * kUsPerDay}, Sequence{4}, 7}}));
}

TEST(Catalog, KeepsTheHistoryOfTheTokenServicesSettings) {
  CatalogKeeper keeper;
  takeAll(keeper);
  EXPECT_EQ(keeper.current().service,
            (std::vector<ServiceChange>{
                {Instant{6 * kUsPerDay}, Sequence{6}, {600, "helm", "registry.example"}}}));
}

TEST(Catalog, DoesNotChangeOnceItIsShared) {
  CatalogKeeper keeper;
  std::vector<std::shared_ptr<const Catalog>> shared;
  for (std::size_t i = 0; i < kBodies.size(); ++i) {
    ASSERT_TRUE(keeper.take(event(i)));
    shared.push_back(keeper.share());
  }
  EXPECT_EQ(shared[0]->projects.size(), 0U);
  EXPECT_EQ(shared[1]->projects.size(), 1U);
  EXPECT_EQ(shared[2]->find(ProjectId{1})->deleted, std::nullopt);
  EXPECT_EQ(shared[3]->find(ProjectId{1})->deleted, Sequence{3});
  EXPECT_EQ(shared[3]->settings.size(), 1U);
  EXPECT_EQ(shared[4]->settings.size(), 2U);
  EXPECT_EQ(shared[4]->by_name.count("web"), 1U);
  EXPECT_EQ(shared[5]->by_name.count("web"), 2U);
}

TEST(Catalog, ComesBackFromItsRows) {
  MemoryRowStore rows;
  CatalogKeeper keeper;
  for (std::size_t i = 0; i < kBodies.size(); ++i) {
    ASSERT_TRUE(keeper.take(event(i)));
    RowBatch batch;
    keeper.flush(batch);
    ASSERT_TRUE(rows.write(batch));
    CatalogKeeper again;
    ASSERT_TRUE(again.load(*rows.snapshot()));
    const Catalog& one = keeper.current();
    const Catalog& other = again.current();
    EXPECT_EQ(one.settings, other.settings);
    EXPECT_EQ(one.service, other.service);
    EXPECT_EQ(one.by_name, other.by_name);
    ASSERT_EQ(one.projects.size(), other.projects.size());
    for (std::size_t p = 0; p < one.projects.size(); ++p) {
      EXPECT_EQ(one.projects[p].name, other.projects[p].name);
      EXPECT_EQ(one.projects[p].created, other.projects[p].created);
      EXPECT_EQ(one.projects[p].created_at, other.projects[p].created_at);
      EXPECT_EQ(one.projects[p].deleted, other.projects[p].deleted);
      EXPECT_EQ(one.projects[p].deleted_at, other.projects[p].deleted_at);
    }
  }
}

// The rows of all events, with one of them changed.
Result<void> loadWith(const Bytes& key, const std::optional<Bytes>& value) {
  MemoryRowStore rows;
  CatalogKeeper keeper;
  takeAll(keeper);
  RowBatch batch;
  keeper.flush(batch);
  batch.changes.emplace_back(key, value);
  EXPECT_TRUE(rows.write(batch));
  CatalogKeeper again;
  return again.load(*rows.snapshot());
}

TEST(Catalog, SaysWhereItsRowsAreDamaged) {
  EXPECT_TRUE(loadWith("Z", "nothing of the catalog's"));
  EXPECT_FALSE(loadWith(projectKey(ProjectId{2}), std::nullopt)) << "a project is missing";
  EXPECT_FALSE(loadWith(projectKey(ProjectId{2}), "\3ap")) << "a row that is cut short";
  EXPECT_FALSE(loadWith(settingKey(Sequence{4}), "\xff")) << "a setting that is cut short";
  EXPECT_FALSE(loadWith(settingKey(Sequence{5}), Bytes("\0\7", 2))) << "time goes back";
  EXPECT_FALSE(loadWith(serviceKey(Sequence{6}), "\1")) << "service settings that are cut short";
  EXPECT_FALSE(loadWith(serviceKey(Sequence{7}), Bytes("\1\2\0\0", 4))) << "time goes back";
}

TEST(Catalog, RefusesEventsThatDoNotFollowOnItsRows) {
  CatalogKeeper keeper;
  EXPECT_FALSE(keeper.take({.sequence = Sequence{1}, .body = ProjectCreated{ProjectId{2}, "web"}}));
  EXPECT_FALSE(keeper.take({.sequence = Sequence{1}, .body = ProjectDeleted{ProjectId{1}}}));
}

}  // namespace
}  // namespace robotledger

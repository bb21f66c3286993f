#include "api/http/metrics.h"

#include <gmock/gmock.h>

#include "api/http/request_metrics.h"

namespace robotledger::http {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, AreWrittenInPrometheusTextFormat) {
  Metrics metrics;
  metrics.counter("logins_total", "Logins.", {{"outcome", "ok"}}).add(2);
  metrics.counter("logins_total", "Logins.", {{"outcome", "a\"b\\c\nd"}}).add();
  metrics.gauge("events", "Events.", [] { return 1e15; });
  metrics.gauge("unknown", "Not known.", [] { return std::nullopt; });
  EXPECT_EQ(metrics.text(),
            "# HELP logins_total Logins.\n# TYPE logins_total counter\n"
            "logins_total{outcome=\"ok\"} 2\n"
            "logins_total{outcome=\"a\\\"b\\\\c\\nd\"} 1\n"
            "# HELP events Events.\n# TYPE events gauge\nevents 1000000000000000\n"
            "# HELP unknown Not known.\n# TYPE unknown gauge\n");
}

TEST(Metrics, HistogramsCountWhatIsAtMostEachBound) {
  Metrics metrics;
  Histogram& seconds = metrics.histogram("s", "S.", {0.1, 1}, {{"route", "/a"}});
  for (const double value : {0.05, 0.1, 0.5, 7.0}) seconds.observe(value);
  EXPECT_EQ(metrics.text(),
            "# HELP s S.\n# TYPE s histogram\n"
            "s_bucket{route=\"/a\",le=\"0.1\"} 2\n"
            "s_bucket{route=\"/a\",le=\"1\"} 3\n"
            "s_bucket{route=\"/a\",le=\"+Inf\"} 4\n"
            "s_sum{route=\"/a\"} 7.65\n"
            "s_count{route=\"/a\"} 4\n");
}

TEST(RequestMetrics, CountByRouteSoThatNobodyMakesThemGrow) {
  Metrics metrics;
  const Router router({{.method = "GET", .path = "/a", .handler = {}, .access = Access::kAnyone},
                       {.method = "POST", .path = "/a", .handler = {}, .access = Access::kAnyone}});
  RequestMetrics requests(metrics, router);
  requests.count(router.find("GET", "/a"), "GET", 200, 0.1);
  requests.count(router.find("HEAD", "/a"), "HEAD", 200, 0.1);
  requests.count(router.find("POST", "/a"), "POST", 503, 0.1);
  for (int i = 0; i < 3; ++i) {
    const std::string path = "/made/up/" + std::to_string(i);
    requests.count(router.find("GET", path), "GET", 404, 0.1);
    requests.count(router.find("M" + path, path), "M" + path, 404, 0.1);
  }
  const std::string text = metrics.text();
  const std::string name = "robotledger_http_requests_total";
  EXPECT_THAT(text, HasSubstr(name + "{method=\"GET\",route=\"/a\",code=\"200\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{method=\"HEAD\",route=\"/a\",code=\"200\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{method=\"POST\",route=\"/a\",code=\"503\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{method=\"GET\",route=\"none\",code=\"404\"} 3\n"));
  EXPECT_THAT(text, HasSubstr(name + "{method=\"other\",route=\"none\",code=\"404\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("duration_seconds_count{route=\"/a\"} 3\n"));
  EXPECT_THAT(text, Not(HasSubstr("made")));
}

TEST(ProcessMetrics, AreThisProcess) {
  Metrics metrics;
  addProcessMetrics(metrics);
  const std::string text = metrics.text();
  for (const char* name : {"process_start_time_seconds ", "process_cpu_seconds_total ",
                           "process_resident_memory_bytes ", "process_virtual_memory_bytes ",
                           "process_open_fds ", "process_max_fds "}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name));
  }
}

}  // namespace
}  // namespace robotledger::http

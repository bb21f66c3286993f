// Who could push at an instant? Beside a scan of interval rows (intervals.h).
//
//   who_could_bench [--size full|medium|small|tiny] [--questions N] [--rounds N] [--data DIR]
//
// Each question is about a random instant of the whole history: in a random typical project, and in
// the hot one. In rounds, on the same questions: the members alone, the whole windows, the rival.
// The same is asked of a small ledger, to see that the cost does not grow with history.

#include "bench/dataset.h"
#include "bench/intervals.h"
#include "projections/access.h"

namespace robotledger::bench {
namespace {

enum class Heat { kTypical, kHot };

struct Question {
  Place place;
  ProjectId project;
  Instant at;
};

struct Figures {
  std::vector<double> p50;
  std::vector<double> p99;

  void add(const std::vector<double>& times) {
    p50.push_back(percentile(times, 0.5));
    p99.push_back(percentile(times, 0.99));
  }
};

struct Answers {
  Figures members;
  Figures windows;
  Figures intervals;
  double mean_size = 0;
};

class Asker {
 public:
  Asker(const Arguments& arguments, const DatasetShape& shape)
      : dataset_(datasetOf(arguments, shape)),
        ledger_(must(OpenLedger::open(dataset_.path, {}))),
        view_(must(ledger_->view())),
        intervals_(*ledger_, dataset_.path + "-intervals", kPushImage) {}

  Answers ask(Heat heat, std::size_t rounds, std::size_t count) {
    Answers answers;
    for (std::size_t round = 0; round <= rounds; ++round) {
      const std::vector<Question> questions = draw(heat, count);
      const auto members = time(questions, [&](const Question& q) {
        return must(membersAt(*view_, kPushImage, q.place, q.at, view_->newest())).size();
      });
      const auto windows = time(questions, [&](const Question& q) {
        return must(
                   whoCould(*view_, kPushImage, q.place, {.from = q.at, .to = {}}, view_->newest()))
            .size();
      });
      // The rival reads all rows before the instant, so fewer questions do.
      const std::vector<Question> few(
          questions.begin(),
          questions.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(count, 200)));
      const auto intervals =
          time(few, [&](const Question& q) { return intervals_.at(q.project, q.at).size(); });
      if (round == 0) check(few);
      answers.mean_size = mean_size_;
      if (round == 0) continue;  // it warms up
      answers.members.add(members);
      answers.windows.add(windows);
      answers.intervals.add(intervals);
    }
    return answers;
  }

  const Dataset& dataset() const { return dataset_; }

 private:
  std::vector<Question> draw(Heat heat, std::size_t count) {
    std::vector<Question> questions;
    std::uniform_int_distribution<std::int64_t> instants(dataset_.from.us, dataset_.until.us);
    std::uniform_int_distribution<std::size_t> projects(1, dataset_.shape.projects - 1);
    while (questions.size() < count) {
      const std::string name = heat == Heat::kHot ? kHotProject : typicalProject(projects(random_));
      Place place = *findPlace(*view_->catalog, name, view_->last());
      const ProjectId id = place.lives.front()->id;
      questions.push_back({std::move(place), id, Instant{instants(random_)}});
    }
    return questions;
  }

  template <class Ask>
  std::vector<double> time(const std::vector<Question>& questions, const Ask& ask) {
    std::vector<double> times;
    times.reserve(questions.size());
    std::size_t found = 0;
    for (const Question& question : questions) {
      const Stopwatch watch;
      found += ask(question);
      times.push_back(watch.microseconds());
    }
    mean_size_ = static_cast<double>(found) / static_cast<double>(questions.size());
    return times;
  }

  // All three give the same names.
  void check(const std::vector<Question>& questions) const {
    for (const Question& q : questions) {
      std::vector<std::string> members;
      for (const auto& one : must(membersAt(*view_, kPushImage, q.place, q.at, view_->newest()))) {
        members.push_back(one.account);
      }
      std::vector<std::string> windows;
      for (const auto& one :
           must(whoCould(*view_, kPushImage, q.place, {.from = q.at, .to = {}}, view_->newest()))) {
        windows.push_back(one.account);
      }
      if (members != intervals_.at(q.project, q.at)) fail("members and intervals differ");
      if (members != windows) fail("members and windows differ");
    }
  }

  Dataset dataset_;
  std::unique_ptr<OpenLedger> ledger_;
  std::shared_ptr<const View> view_;
  Intervals intervals_;
  std::mt19937_64 random_{7};
  double mean_size_ = 0;
};

std::string millions(std::size_t events) {
  if (events % 1000000 == 0) return std::to_string(events / 1000000) + "M events";
  return std::to_string(events / 1000) + "k events";
}

void print(const std::string& what, const Figures& ours, const Figures& rival,
           const std::string& goal_p50, const std::string& goal_p99, const std::string& kept) {
  const auto line = [&](const char* which, const std::vector<double>& mine,
                        const std::vector<double>& theirs, const std::string& goal) {
    report({what + ", " + which, withUnit(median(mine), " us"), withUnit(median(theirs), " us"),
            median(theirs) / median(mine), goal, kept});
  };
  line("p50", ours.p50, rival.p50, goal_p50);
  line("p99", ours.p99, rival.p99, goal_p99);
}

void printGrowth(const std::string& what, const Figures& large, const Figures& small,
                 const std::string& kept) {
  const double growth = median(large.p50) / median(small.p50);
  report({what + ", p50 on the large ledger beside the small one",
          withUnit(median(large.p50), " us"), withUnit(median(small.p50), " us"), 1 / growth,
          "ratio >= 0.5", kept});
}

int run(const Arguments& arguments) {
  const std::size_t rounds = arguments.number("rounds", quick() ? 1 : 5);
  const std::size_t count = arguments.number("questions", quick() ? 300 : 3000);
  const DatasetShape shape = shapeOf(arguments);
  std::printf("rival: a scan of interval rows in RocksDB; reads, so no durability is at stake\n");
  Asker small(arguments, shapeNamed(quick() ? "tiny" : "small"));
  Asker large(arguments, shape);
  const std::string kept = durability(large.dataset().path, Sync::kOff);
  for (const Heat heat : {Heat::kTypical, Heat::kHot}) {
    const Answers few = small.ask(heat, rounds, count);
    const Answers many = large.ask(heat, rounds, count);
    const std::string where = heat == Heat::kHot ? "hot project" : "typical project";
    std::printf("%s: %.1f answers on the large ledger, %.1f on the small one\n", where.c_str(),
                many.mean_size, few.mean_size);
    const std::string all = ", " + where + ", " + millions(shape.events);
    print("who could, members" + all, many.members, many.intervals, "<= 30 us", "<= 100 us", kept);
    print("who could, windows" + all, many.windows, many.intervals, "<= 100 us", "<= 300 us", kept);
    printGrowth("who could, members, " + where, many.members, few.members, kept);
    printGrowth("who could, windows, " + where, many.windows, few.windows, kept);
  }
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}

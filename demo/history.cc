#include "demo/history.h"

#include <algorithm>
#include <utility>

#include "demo/event.h"

namespace cadastre::demo {
namespace {

constexpr int kConnectorRestartDay = 45;
constexpr int kHeartbeatDays = 14;

bool Streams(const Job& job) { return job.tool == Tool::kDebezium || job.tool == Tool::kFlink; }

void Add(std::vector<Event>& events, int64_t time, json::object body, std::string tag = "") {
  Event event;
  event.time = time;
  event.sent_at = time;
  event.tag = std::move(tag);
  event.body = std::move(body);
  events.push_back(std::move(event));
}

std::string TagOf(const Scene& scene, const Job& job, int day, bool start) {
  if (start && job.key == "settlement.calculate" && day == job.repointed_day) return "job_repointed";
  if (start && job.key == "ml.demand_forecast" && day == kUnendedDay) return "run_without_end";
  if (!start && job.key == "partner_files.upload_delivery_report" && scene.Failure(job, day) &&
      !scene.Failure(job, day + job.every_days)) {
    return "recurring_failure";
  }
  return "";
}

void TellRun(const Scene& scene, const Job& job, int day, std::vector<Event>& events) {
  const int64_t start = scene.At(day, job.starts_at);
  Add(events, start, RunEvent({scene, &job, job.tool, day, start}, "START", ""), TagOf(scene, job, day, true));
  if (job.key == "ml.demand_forecast" && day == kUnendedDay) return;
  const std::string failure = scene.Failure(job, day).value_or("");
  const int64_t end = start + job.lasts;
  Add(events, end, RunEvent({scene, &job, job.tool, day, end}, failure.empty() ? "COMPLETE" : "FAIL", failure),
      TagOf(scene, job, day, false));
}

// A stream's run starts, says now and then that it lives, and ends only when it is restarted.
void TellStream(const Scene& scene, const Job& job, std::vector<Event>& events) {
  for (int day = kDays; day > 0; --day) {
    const int run = day > kConnectorRestartDay ? kDays : kConnectorRestartDay;
    const int64_t time = scene.At(day, 3600);
    const Telling telling{scene, &job, job.tool, run, time};
    if (day == kConnectorRestartDay) {
      const Telling ended{scene, &job, job.tool, kDays, time - 60};
      Add(events, time - 60, RunEvent(ended, "COMPLETE", ""));
    }
    if (day == run) {
      Add(events, time, RunEvent(telling, "START", ""));
    } else if ((day - 1) % kHeartbeatDays == 0) {
      Add(events, time, RunEvent(telling, "RUNNING", ""));
    }
  }
}

// A first snapshot of every operational table, so that those no job reads are known too.
void TellSources(const Scene& scene, std::vector<Event>& events) {
  for (const Dataset& dataset : scene.company->datasets) {
    const bool source = dataset.layer == Layer::kSource || dataset.key.starts_with("inbound.");
    if (!source) continue;
    const int64_t time = scene.At(kDays, 1800);
    Add(events, time, DatasetEvent({scene, nullptr, Tool::kAirflow, kDays, time}, dataset, "", nullptr));
  }
}

void TellChanges(const Scene& scene, std::vector<Event>& events) {
  const Company& company = *scene.company;
  const Dataset& customers = company.DatasetOf("shop.customers");
  for (const Column& column : customers.columns) {
    if (column.dropped_day == 0) continue;
    const int64_t time = scene.DroppedAt(column);
    Add(events, time,
        DatasetEvent({scene, nullptr, Tool::kDebezium, column.dropped_day, time}, customers, "ALTER", nullptr),
        "column_dropped");
  }
  const Dataset& sales = company.DatasetOf("gold.daily_sales");
  const int64_t renamed = scene.RenamedAt(sales);
  Add(events, renamed,
      DatasetEvent({scene, nullptr, Tool::kDbt, sales.renamed_day, renamed}, sales, "RENAME", &sales.old_name),
      "table_renamed");
  const Job& backfill = company.JobOf("backfill_returns_2019");
  const int64_t ended = scene.At(kLateDay, backfill.starts_at + backfill.lasts);
  Add(events, ended, RunEvent({scene, &backfill, backfill.tool, kLateDay, ended}, "COMPLETE", ""), "late_event");
  events.back().sent_at = ended + int64_t{86400} * kLateBy;
}

// Dashboards read tables; what OpenLineage can say of that is a job without a run.
void TellCaches(const Scene& scene, std::vector<Event>& events) {
  for (const int day : {89, 59, 29, 3}) {
    for (const Job& job : scene.company->jobs) {
      if (job.tool != Tool::kSuperset) continue;
      const int64_t time = scene.At(day, 22 * 3600);
      Add(events, time, JobEvent({scene, &job, job.tool, day, time}));
    }
  }
}

}  // namespace

std::vector<Event> History(const Scene& scene) {
  std::vector<Event> events;
  TellSources(scene, events);
  for (const Job& job : scene.company->jobs) {
    if (Streams(job)) {
      TellStream(scene, job, events);
      continue;
    }
    for (int day = kDays; day > 0; --day) {
      if (scene.RunsOn(job, day)) TellRun(scene, job, day, events);
    }
  }
  TellChanges(scene, events);
  TellCaches(scene, events);
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.sent_at < b.sent_at; });
  return events;
}

}  // namespace cadastre::demo

// The catalogue of changes, each with the assets it is about, the time it holds from and the line that tells it first.
#include <algorithm>
#include <utility>

#include "demo/history.h"

namespace cadastre::demo {
namespace {

json::object RefOf(const Dataset& dataset) { return Ref("dataset", dataset.ns, dataset.name); }
json::object RefOf(const Job& job) { return Ref("job", job.ns, job.name); }

// 1-based; 0 where no event carries the tag.
int64_t LineOf(const std::vector<Event>& events, std::string_view tag) {
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].tag == tag) return static_cast<int64_t>(i) + 1;
  }
  return 0;
}

json::object Change(const std::vector<Event>& events, const char* kind, int64_t held_at) {
  return {{"kind", kind}, {"held_at", Rfc3339(held_at)}, {"line", LineOf(events, kind)}};
}

json::object ColumnDropped(const Scene& scene, const std::vector<Event>& events) {
  const Dataset& customers = scene.company->DatasetOf("shop.customers");
  const auto column = std::find_if(customers.columns.begin(), customers.columns.end(),
                                   [](const Column& c) { return c.dropped_day != 0; });
  json::object change = Change(events, "column_dropped", scene.DroppedAt(*column));
  change["asset"] = RefOf(customers);
  change["column"] = column->name;
  // These lose it with their own next event after that.
  change["later_in"] =
      List({RefOf(scene.company->DatasetOf("topic.customers")), RefOf(scene.company->DatasetOf("bronze.customers"))});
  return change;
}

json::object TableRenamed(const Scene& scene, const std::vector<Event>& events) {
  const Dataset& sales = scene.company->DatasetOf("gold.daily_sales");
  json::object change = Change(events, "table_renamed", scene.RenamedAt(sales));
  change["asset"] = RefOf(sales);
  change["previous"] = Ref("dataset", sales.ns, sales.old_name);
  return change;
}

json::object JobRepointed(const Scene& scene, const std::vector<Event>& events) {
  const Job& job = scene.company->JobOf("settlement.calculate");
  json::object change = Change(events, "job_repointed", scene.At(job.repointed_day, job.starts_at));
  change["job"] = RefOf(job);
  change["from"] = RefOf(scene.company->DatasetOf(job.old_inputs.front()));
  change["to"] = RefOf(scene.company->DatasetOf(job.inputs.front()));
  change["output"] = RefOf(scene.company->DatasetOf(job.outputs.front()));
  change["last_stated_at"] = Rfc3339(scene.At(job.repointed_day + 1, job.starts_at + job.lasts));
  return change;
}

// An input a model no longer reads, without anyone saying so but its SQL: its edge ends with the first run that ran the
// new one to its end.
json::object EdgeGoesStale(const Scene& scene) {
  const Job& job = scene.company->JobOf("model.gold.stockout_risk");
  const int64_t last = scene.At(job.repointed_day + 1, job.starts_at + job.lasts);
  int64_t first = 0;
  for (int day = job.repointed_day; day > 0 && first == 0; --day) {
    if (scene.RunsOn(job, day) && !scene.Failure(job, day)) first = scene.At(day, job.starts_at + job.lasts);
  }
  return {{"kind", "edge_goes_stale"},
          {"job", RefOf(job)},
          {"from", RefOf(scene.company->DatasetOf(job.old_inputs.back()))},
          {"last_stated_at", Rfc3339(last)},
          {"held_at", Rfc3339(first)}};
}

json::object LateEvent(const Scene& scene, const std::vector<Event>& events) {
  const Job& job = scene.company->JobOf("backfill_returns_2019");
  const int64_t time = scene.At(kLateDay, job.starts_at + job.lasts);
  json::object change = Change(events, "late_event", time);
  change["arrives_at"] = Rfc3339(time + int64_t{86400} * kLateBy);
  change["job"] = RefOf(job);
  change["run_id"] = scene.RunId(job, kLateDay);
  change["from"] = RefOf(scene.company->DatasetOf(job.inputs.front()));
  change["to"] = RefOf(scene.company->DatasetOf(job.outputs.front()));
  return change;
}

json::object RunWithoutEnd(const Scene& scene, const std::vector<Event>& events) {
  const Job& job = scene.company->JobOf("ml.demand_forecast");
  json::object change = Change(events, "run_without_end", scene.At(kUnendedDay, job.starts_at));
  change["job"] = RefOf(job);
  change["run_id"] = scene.RunId(job, kUnendedDay);
  return change;
}

json::object RecurringFailure(const Scene& scene, const std::vector<Event>& events) {
  const Job& job = scene.company->JobOf("partner_files.upload_delivery_report");
  json::array failed;
  int64_t first = 0;
  for (int day = kDays; day > 0; --day) {
    if (!scene.RunsOn(job, day) || !scene.Failure(job, day)) continue;
    if (first == 0) first = scene.At(day, job.starts_at + job.lasts);
    failed.push_back(json::value(scene.RunId(job, day)));
  }
  json::object change = Change(events, "recurring_failure", first);
  change["job"] = RefOf(job);
  change["error"] = *scene.Failure(job, 1);
  change["failed_run_ids"] = std::move(failed);
  return change;
}

json::object ColumnMasked(const Scene& scene) {
  return {{"kind", "column_masked"},   {"from", RefOf(scene.company->DatasetOf("bronze.customers"))},
          {"from_column", "email"},    {"to", RefOf(scene.company->DatasetOf("silver.customers"))},
          {"to_column", "email_hash"}, {"masking", true}};
}

}  // namespace

json::object Ref(const char* kind, std::string_view ns, std::string_view name) {
  return {{"kind", kind},
          {"namespace", json::string(ns.data(), ns.size())},
          {"name", json::string(name.data(), name.size())}};
}

json::object Story(const Scene& scene, const std::vector<Event>& events) {
  json::array changes;
  changes.push_back(ColumnDropped(scene, events));
  changes.push_back(TableRenamed(scene, events));
  changes.push_back(JobRepointed(scene, events));
  changes.push_back(EdgeGoesStale(scene));
  changes.push_back(LateEvent(scene, events));
  changes.push_back(RunWithoutEnd(scene, events));
  changes.push_back(RecurringFailure(scene, events));
  changes.push_back(ColumnMasked(scene));
  return {{"start", Rfc3339(scene.At(kDays))},
          {"end", Rfc3339(scene.midnight)},
          {"days", kDays},
          {"events", events.size()},
          {"datasets", scene.company->datasets.size()},
          {"jobs", scene.company->jobs.size()},
          {"changes", std::move(changes)}};
}

}  // namespace cadastre::demo

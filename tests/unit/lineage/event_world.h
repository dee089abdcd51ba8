// A governed house whose lineage is written event by event, for tests of rules: events and what the tables say
// afterwards, as text.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "lineage/event_write.h"
#include "lineage/record_event.h"
#include "lineage/tables.h"
#include "tests/support/governed_world.h"

namespace cadastre::lineage {

using authz::GovernedView;
using authz::Privilege;
using authz::WriteSession;
using testing_support::GovernedWorld;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
// Day 0 of the stories told here.
constexpr int64_t kDayZeroUs = 1'600'000'000'000'000;

// A moment of the story, in days.
inline Timestamp Day(double day) { return Timestamp(kDayZeroUs + static_cast<int64_t>(day * kDayUs)); }

inline record::ColumnPair PairOf(const std::string& from, const std::string& to) {
  record::ColumnPair pair;
  pair.add_from(from);
  if (!to.empty()) pair.add_to(to);
  pair.set_type("DIRECT");
  return pair;
}

// What differs, one line each, so that a failure can be read.
inline std::string Differences(const std::map<std::string, std::string>& got,
                               const std::map<std::string, std::string>& expected) {
  std::string text;
  for (const auto& [key, value] : got) {
    const auto found = expected.find(key);
    if (found == expected.end() || found->second != value) text += "got      " + key + ": " + value + "\n";
  }
  for (const auto& [key, value] : expected) {
    const auto found = got.find(key);
    if (found == got.end() || found->second != value) text += "expected " + key + ": " + value + "\n";
  }
  return text;
}

class EventWorld : public GovernedWorld {
 public:
  AssetId Dataset(const std::string& name) { return Asset(AssetKind::kDataset, name); }
  AssetId Job(const std::string& name) { return Asset(AssetKind::kJob, name); }
  AssetId Asset(AssetKind kind, const std::string& name) {
    // A source that does not tell columns apart by the case of their letters is named for.
    const AssetName full{kind, name.starts_with("postgres ") ? "postgres://db:5432" : "test", name};
    const auto known = ids_.find(full);
    if (known != ids_.end()) return known->second;
    const AssetId id = PutAsset(full);
    names_[id] = name;
    return ids_[full] = id;
  }
  std::string NameOf(AssetId id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? "" : found->second;
  }

  // An event of a run of `job` that reads and writes these.
  EventWrite RunEvent(const std::string& job, const std::string& run, RunState state, double day,
                      const std::vector<std::string>& inputs = {}, const std::vector<std::string>& outputs = {}) {
    EventWrite event;
    event.producer = 1;
    event.event_time = Day(day);
    event.job = Job(job);
    event.run.emplace();
    event.run->run_id = run;
    event.run->state = state;
    for (const std::string& name : inputs) {
      event.inputs.push_back({Dataset(name), {}});
      event.edges.push_back({EdgeKind::kConsumes, Dataset(name), event.job, {}, false, {}});
    }
    for (const std::string& name : outputs) {
      event.outputs.push_back({Dataset(name), {}});
      event.edges.push_back({EdgeKind::kProduces, event.job, Dataset(name), {}, false, {}});
    }
    return event;
  }
  EventEdge Derives(const std::string& from, const std::string& to, const std::string& job,
                    std::vector<record::ColumnPair> columns = {}) {
    return {EdgeKind::kDerives, Dataset(from), Dataset(to), job.empty() ? AssetId() : Job(job), false,
            std::move(columns)};
  }

  Status Push(WriteSession& session, const EventWrite& event) {
    ASSIGN_OR_RETURN(auto permit, session.PermitPush({AssetKind::kJob, "test", "any"}));
    return Record(session, std::move(permit), event);
  }
  // Each event in a commit of its own.
  void PushAll(const std::vector<EventWrite>& events) {
    for (const EventWrite& event : events) {
      Put([&](WriteSession& session) { return Push(session, event); });
    }
  }

  // Every edge's history as `from-kind->to/job: day active{pairs} day ended`, equal neighbours folded.
  std::map<std::string, std::string> Histories() {
    std::map<std::string, std::map<Timestamp, std::string>> states;
    const Status status = Look(admin(), [&](GovernedView& view) {
      return view.ScanVersions<record::Edge>(kOutTable, "", "", [&](authz::Sealed<authz::RowOf<record::Edge>> sealed) {
        const auto row = view.Reveal(kOutTable, std::move(sealed));
        EXPECT_TRUE(row.has_value());
        // Of one held time the newest known comes first.
        states[EdgeText(*ParseOutKey((*row)->key))].emplace((*row)->held, StateText((*row)->record));
        return true;
      });
    });
    EXPECT_TRUE(status.ok()) << status;
    std::map<std::string, std::string> histories;
    for (const auto& [edge, by_time] : states) {
      std::string last;
      for (const auto& [held, state] : by_time) {
        if (state == last) continue;
        histories[edge] += (histories[edge].empty() ? "" : " ") + DayText(held) + " " + state;
        last = state;
      }
    }
    return histories;
  }

  // Every row of these tables, byte for byte but for revisions: runs, their ids, rollups, and the folded histories.
  std::map<std::string, std::string> Dump() {
    std::map<std::string, std::string> dump = Histories();
    const auto add = [&](const std::string& table, const std::string& key, const std::string& value) {
      dump[table + " " + Hex(key)] = value;
    };
    const Status status = Look(admin(), [&](GovernedView& view) -> Status {
      RETURN_IF_ERROR(
          Each(view, kRunTable, [&](const auto& row) { add("run", row.key, row.record.ShortDebugString()); }));
      RETURN_IF_ERROR(
          Each(view, kRunIdTable, [&](const auto& row) { add("id", row.key, row.record.ShortDebugString()); }));
      return Each(view, kRollupTable, [&](const auto& row) { add("rollup", row.key, row.record.ShortDebugString()); });
    });
    EXPECT_TRUE(status.ok()) << status;
    return dump;
  }

  std::string EdgeText(const EdgeKey& key) const {
    std::string text = NameOf(key.from) + " " + std::string(EdgeKindWord(key.kind)) + " " + NameOf(key.to);
    if (key.kind == EdgeKind::kDerives && key.job.valid()) text += " by " + NameOf(key.job);
    if (key.producer != 1) text += " of " + std::to_string(key.producer);
    return text;
  }

 private:
  template <typename R, typename Visit>
  static Status Each(GovernedView& view, const authz::Table<R>& table, Visit visit) {
    return view.Scan<R>(table, "", "", [&](authz::Sealed<authz::RowOf<R>> sealed) {
      const auto row = view.Reveal(table, std::move(sealed));
      if (row) visit(**row);
      return true;
    });
  }
  static std::string StateText(const record::Edge& edge) {
    std::string text = edge.ended() ? "ended" : "active";
    for (const record::ColumnPair& pair : edge.columns()) {
      text += " " + (pair.from_size() > 0 ? pair.from(0) : "") + ">" + (pair.to_size() > 0 ? pair.to(0) : "*");
    }
    return text;
  }
  static std::string DayText(Timestamp at) {
    const double day = static_cast<double>(at.micros() - kDayZeroUs) / kDayUs;
    std::string text = std::to_string(day);
    text.erase(text.find('.') + 3);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
  }
  static std::string Hex(const std::string& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) {
      constexpr char kDigits[] = "0123456789abcdef";
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
    return text;
  }

  std::map<AssetName, AssetId> ids_;
  std::map<AssetId, std::string> names_;
};

}  // namespace cadastre::lineage

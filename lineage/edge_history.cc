#include "lineage/edge_history.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "lineage/edge_columns.h"

namespace cadastre::lineage {
namespace {

using Times = google::protobuf::RepeatedField<int64_t>;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kStaleAfterUs = kStaleAfter.count();

void InsertSorted(Times* times, int64_t at) {
  const auto place = std::lower_bound(times->begin(), times->end(), at);
  if (place != times->end() && *place == at) return;
  const int index = static_cast<int>(place - times->begin());
  times->Add(at);
  std::rotate(times->begin() + index, times->end() - 1, times->end());
}

void EraseAt(Times* times, int index) { times->erase(times->begin() + index); }

bool AnyIn(const Times& times, int64_t from, int64_t to) {
  const auto first = std::lower_bound(times.begin(), times.end(), from);
  return first != times.end() && *first <= to;
}

bool Covers(const record::Stating& group, int64_t at) {
  for (int i = 0; i < group.from_size(); ++i) {
    if (group.from(i) <= at && at <= group.to(i)) return true;
  }
  return false;
}

// Joins the oldest neighbours between which neither staleness nor a cut can lie; else forgets the oldest.
void BoundSpans(record::Stating& group) {
  while (group.from_size() > kSpansMax) {
    int joined = 0;
    for (int i = 1; i < group.from_size() && joined == 0; ++i) {
      const bool near = group.from(i) - group.to(i - 1) <= kStaleAfterUs;
      if (near && !AnyIn(group.cuts(), group.to(i - 1), group.from(i))) joined = i;
    }
    if (joined == 0) {
      EraseAt(group.mutable_from(), 0);
      EraseAt(group.mutable_to(), 0);
    } else {
      EraseAt(group.mutable_from(), joined);
      EraseAt(group.mutable_to(), joined - 1);
    }
  }
}

// A cut that follows another without a statement between changes nothing; the newest of those are given up first.
void BoundCuts(record::Stating& group) {
  while (group.cuts_size() > kSpansMax) {
    int dropped = 0;
    for (int i = group.cuts_size() - 1; i > 0 && dropped == 0; --i) {
      const bool stated_between = std::any_of(group.from().begin(), group.from().end(), [&](int64_t from) {
        return from > group.cuts(i - 1) && from <= group.cuts(i);
      });
      if (!stated_between) dropped = i;
    }
    EraseAt(group.mutable_cuts(), dropped);
  }
}

void AddMoment(record::Stating& group, int64_t at) {
  auto* cuts = group.mutable_cuts();
  const auto cut = std::lower_bound(cuts->begin(), cuts->end(), at);
  if (cut != cuts->end() && *cut == at) cuts->erase(cut);
  if (Covers(group, at)) return;
  const auto place = std::lower_bound(group.from().begin(), group.from().end(), at);
  const int index = static_cast<int>(place - group.from().begin());
  for (Times* times : {group.mutable_from(), group.mutable_to()}) {
    times->Add(at);
    std::rotate(times->begin() + index, times->end() - 1, times->end());
  }
  BoundSpans(group);
}

void AddCut(record::Stating& group, int64_t at) {
  for (int i = 0; i < group.from_size(); ++i) {
    if (group.from(i) == at || group.to(i) == at) return;
  }
  InsertSorted(group.mutable_cuts(), at);
  BoundCuts(group);
}

// Cuts after the last statement; those before were settled when they came.
void AddLaterCuts(record::Stating& group, const std::vector<int64_t>& cuts) {
  const bool stated = group.to_size() > 0;
  for (const int64_t cut : cuts) {
    if (!stated || cut > group.to(group.to_size() - 1)) AddCut(group, cut);
  }
}

std::string HistoryKey(const record::Stating& group) {
  std::string key;
  for (const Times* times : {&group.from(), &group.to(), &group.cuts()}) {
    const int64_t size = times->size();
    key.append(reinterpret_cast<const char*>(&size), sizeof(size));
    for (const int64_t time : *times) key.append(reinterpret_cast<const char*>(&time), sizeof(time));
  }
  return key;
}

record::Stating WithoutColumns(const record::Stating& group) {
  record::Stating copy = group;
  copy.clear_columns();
  return copy;
}

struct PairLessThan {
  bool operator()(const record::ColumnPair& left, const record::ColumnPair& right) const {
    return PairLess(left, right);
  }
};
using PairHistories = std::map<record::ColumnPair, record::Stating, PairLessThan>;

PairHistories TakePairs(record::EdgeSeen& seen) {
  PairHistories histories;
  for (int i = 1; i < seen.groups_size(); ++i) {
    const record::Stating history = WithoutColumns(seen.groups(i));
    for (record::ColumnPair& pair : *seen.mutable_groups(i)->mutable_columns())
      histories.emplace(std::move(pair), history);
  }
  if (seen.groups_size() > 1) seen.mutable_groups()->DeleteSubrange(1, seen.groups_size() - 1);
  return histories;
}

void PutPairs(record::EdgeSeen& seen, PairHistories histories) {
  std::map<std::string, record::Stating> groups;
  for (auto& [pair, history] : histories) {
    record::Stating& group = groups.try_emplace(HistoryKey(history), history).first->second;
    *group.add_columns() = pair;
  }
  for (auto& [key, group] : groups) *seen.add_groups() = std::move(group);
}

record::Stating& EdgeGroup(record::EdgeSeen& seen) {
  return seen.groups_size() == 0 ? *seen.add_groups() : *seen.mutable_groups(0);
}

// When an edge last stated (or confirmed by a run's end) at `last` goes stale, if nothing follows.
int64_t StaleAt(int64_t last, const JobRuns& runs) {
  int64_t fifth = kNever;
  if (runs.trimmed && !runs.completes.empty() && last < runs.completes.front()) {
    fifth = runs.completes.front();
  } else {
    const auto after = std::upper_bound(runs.completes.begin(), runs.completes.end(), last);
    if (runs.completes.end() - after >= kStaleRuns) fifth = *(after + (kStaleRuns - 1));
  }
  if (fifth == kNever || last > kNever - kStaleAfterUs) return kNever;
  const int64_t stale = std::max(fifth, last + kStaleAfterUs);
  return stale > runs.shown_until ? kNever : stale;
}

// When an edge last stated at `last` is defined otherwise.
int64_t RedefinedAt(int64_t last, const JobRuns& runs) {
  for (const JobRuns::Redefined& run : runs.redefined) {
    if (run.begun > last) return run.ended;
  }
  return kNever;
}

struct Flip {
  int64_t at;
  bool on;
};
struct Flips {
  std::vector<Flip> flips;
  // Of the last span, confirmed by runs' ends.
  int64_t last = 0;
  bool open = false;
};

int64_t FirstIn(const Times& times, int64_t after, int64_t before) {
  const auto first = std::upper_bound(times.begin(), times.end(), after);
  return first != times.end() && *first < before ? *first : kNever;
}

Flips FlipsOf(const record::Stating& group, const JobRuns& runs) {
  Flips result;
  for (int i = 0; i < group.from_size(); ++i) {
    const int64_t from = group.from(i);
    const int64_t to = group.to(i);
    const int64_t next = i + 1 < group.from_size() ? group.from(i + 1) : kNever;
    if (!result.open) result.flips.push_back({from, true});
    result.open = true;
    // A definition known only after the statements around it were joined.
    if (const int64_t cut = FirstIn(group.cuts(), from, to); cut != kNever) {
      result.flips.push_back({cut, false});
      result.flips.push_back({to, true});
    }
    const int64_t cut = FirstIn(group.cuts(), to, next);
    const int64_t limit = std::min(cut, next);
    result.last = to;
    for (const int64_t end : group.ends()) {
      if (end > result.last && end < limit) result.last = end;
    }
    const int64_t off = std::min({cut, StaleAt(result.last, runs), RedefinedAt(result.last, runs)});
    if (off < next) {
      result.flips.push_back({off, false});
      result.open = false;
    }
  }
  return result;
}

record::Edge EdgeWith(const record::EdgeSeen& seen, const std::set<int>& groups, bool ended) {
  record::Edge edge;
  edge.set_ended(ended);
  for (const int group : groups) edge.mutable_columns()->MergeFrom(seen.groups(group).columns());
  const int stated = edge.columns_size();
  KeepPairs(edge.mutable_columns(), [](const record::ColumnPair& pair) { return !IsThroughPair(pair); });
  edge.set_through(edge.columns_size() < stated);
  SortPairs(edge.mutable_columns());
  return edge;
}

uint64_t ContentHash(const record::Edge& edge) { return HashOf(edge.columns()) ^ (edge.through() ? 1 : 0); }

record::EdgePoint PointOf(const EdgeChangePoint& change) {
  record::EdgePoint point;
  point.set_held(change.held.micros());
  point.set_ended(change.edge.ended());
  point.set_content_hash(ContentHash(change.edge));
  point.set_through(change.edge.through());
  return point;
}

bool SameState(const record::EdgePoint& left, const record::EdgePoint& right) {
  return left.ended() == right.ended() && left.content_hash() == right.content_hash();
}

}  // namespace

JobRuns JobRunsOf(const record::JobSeen& job) {
  return {{job.completes().begin(), job.completes().end()},
          job.completes_trimmed(),
          std::max<int64_t>(job.looked(), job.completes().empty() ? 0 : job.completes(job.completes_size() - 1)),
          {}};
}

std::vector<JobRuns::Redefined> RedefinedBy(const record::JobSeen& job, uint32_t producer) {
  std::vector<JobRuns::Redefined> redefined;
  std::set<uint64_t> known;
  for (const record::RunDefinition& run : job.definitions()) {
    if (run.producer() != producer) continue;
    const bool first = known.empty();
    if (known.insert(run.hash()).second && !first) redefined.push_back({run.begun(), run.ended()});
  }
  return redefined;
}

void StateEdge(record::EdgeSeen& seen, Timestamp at, const std::vector<record::ColumnPair>& pairs,
               const std::vector<int64_t>& cuts) {
  EdgeGroup(seen);
  for (record::Stating& group : *seen.mutable_groups()) AddLaterCuts(group, cuts);
  AddMoment(EdgeGroup(seen), at.micros());
  if (pairs.empty()) return;
  record::Stating unheard;
  AddLaterCuts(unheard, cuts);
  PairHistories histories = TakePairs(seen);
  for (const record::ColumnPair& pair : pairs) {
    AddMoment(histories.try_emplace(pair, unheard).first->second, at.micros());
  }
  PutPairs(seen, std::move(histories));
}

void EndRunOfEdge(record::EdgeSeen& seen, Timestamp at) {
  record::Stating& edge = EdgeGroup(seen);
  if (Covers(edge, at.micros())) return;
  InsertSorted(edge.mutable_ends(), at.micros());
  while (edge.ends_size() > kSpansMax) EraseAt(edge.mutable_ends(), 0);
}

bool CutEdge(record::EdgeSeen& seen, Timestamp at) {
  bool changed = false;
  for (record::Stating& group : *seen.mutable_groups()) {
    const bool cut_already = group.cuts_size() > 0 && group.to_size() > 0 &&
                             at.micros() > group.cuts(group.cuts_size() - 1) &&
                             group.cuts(group.cuts_size() - 1) > group.to(group.to_size() - 1);
    if (cut_already) continue;
    AddCut(group, at.micros());
    changed = true;
  }
  return changed;
}

std::vector<EdgeChangePoint> HistoryOf(const record::EdgeSeen& seen, const JobRuns& runs) {
  std::map<int64_t, std::vector<std::pair<int, bool>>> moments;
  for (int i = 0; i < seen.groups_size(); ++i) {
    for (const Flip& flip : FlipsOf(seen.groups(i), runs).flips) moments[flip.at].emplace_back(i, flip.on);
  }
  std::vector<EdgeChangePoint> history;
  std::set<int> pairs_on;
  bool edge_on = false;
  for (const auto& [at, flips] : moments) {
    const std::set<int> pairs_before = pairs_on;
    const bool edge_before = edge_on;
    for (const auto& [group, on] : flips) {
      if (group == 0) {
        edge_on = on;
      } else if (on) {
        pairs_on.insert(group);
      } else {
        pairs_on.erase(group);
      }
    }
    if (!edge_on && !edge_before) continue;
    record::Edge edge = EdgeWith(seen, edge_on ? pairs_on : pairs_before, !edge_on);
    const bool same = !history.empty() && history.back().edge.ended() == edge.ended() &&
                      ContentHash(history.back().edge) == ContentHash(edge);
    if (!same) history.push_back({Timestamp(at), std::move(edge)});
  }
  return history;
}

std::vector<EdgeChangePoint> Reconcile(record::EdgeSeen& seen, const JobRuns& runs) {
  const std::vector<EdgeChangePoint> history = HistoryOf(seen, runs);
  std::map<int64_t, const record::EdgePoint*> written;
  for (const record::EdgePoint& point : seen.points()) written.emplace(point.held(), &point);
  std::map<int64_t, const EdgeChangePoint*> wanted;
  for (const EdgeChangePoint& change : history) {
    const bool forgotten =
        seen.points_trimmed() && seen.points_size() > 0 && change.held.micros() < seen.points(0).held();
    if (!forgotten) wanted.emplace(change.held.micros(), &change);
  }

  std::set<int64_t> moments;
  for (const auto& [at, point] : written) moments.insert(at);
  for (const auto& [at, change] : wanted) moments.insert(at);

  std::vector<EdgeChangePoint> rows;
  google::protobuf::RepeatedPtrField<record::EdgePoint> points;
  const EdgeChangePoint* now_wanted = nullptr;
  for (const int64_t at : moments) {
    if (const auto found = wanted.find(at); found != wanted.end()) now_wanted = found->second;
    const auto had = written.find(at);
    if (now_wanted == nullptr) {
      *points.Add() = *had->second;
      continue;
    }
    record::EdgePoint point = PointOf({Timestamp(at), now_wanted->edge});
    const bool stands = had != written.end() ? SameState(*had->second, point)
                                             : !points.empty() && SameState(points[points.size() - 1], point);
    if (had == written.end() && stands) continue;
    if (!stands) rows.push_back({Timestamp(at), now_wanted->edge});
    *points.Add() = std::move(point);
  }
  if (points.size() > kPointsMax) {
    points.DeleteSubrange(0, points.size() - kPointsMax);
    seen.set_points_trimmed(true);
  }
  seen.mutable_points()->Swap(&points);
  return rows;
}

Timestamp FirstStated(const record::EdgeSeen& seen) {
  return seen.points_size() == 0 ? Timestamp::Min() : Timestamp(seen.points(0).held());
}

Timestamp LastStated(const record::EdgeSeen& seen) {
  if (seen.groups_size() == 0 || seen.groups(0).to_size() == 0) return Timestamp::Min();
  return Timestamp(seen.groups(0).to(seen.groups(0).to_size() - 1));
}

bool IsActive(const record::EdgeSeen& seen) {
  return seen.points_size() > 0 && !seen.points(seen.points_size() - 1).ended();
}

Timestamp OldestOpen(const record::EdgeSeen& seen, const JobRuns& runs) {
  int64_t oldest = kNever;
  for (const record::Stating& group : seen.groups()) {
    const Flips flips = FlipsOf(group, runs);
    if (flips.open) oldest = std::min(oldest, flips.last);
  }
  return Timestamp(oldest);
}

Timestamp NextStale(const record::EdgeSeen& seen, const JobRuns& runs) {
  JobRuns at_any_time = runs;
  at_any_time.shown_until = kNever;
  int64_t next = kNever;
  for (const record::Stating& group : seen.groups()) {
    const Flips flips = FlipsOf(group, runs);
    if (flips.open) next = std::min(next, StaleAt(flips.last, at_any_time));
  }
  return Timestamp(next);
}

}  // namespace cadastre::lineage

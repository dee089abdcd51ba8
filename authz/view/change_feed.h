// ChangeFeed: what a follower (search index, graph in memory) lives on: the change log, and the rows behind it.
//
// Made by main for one follower, from a SystemView the guard opened; the view lives as long as the feed, so its opening
// and closing are recorded once. Thread rule: confined to the follower's thread. Errors of Read: those of
// storage::ChangeLog; OUT_OF_RANGE where the log was trimmed past `after`: rebuild from the tables.
#pragma once

#include <chrono>
#include <stop_token>
#include <utility>
#include <vector>

#include "authz/view/revision_signal.h"
#include "authz/view/view.h"
#include "base/words.h"

namespace cadastre::authz {

using storage::LogRecord;

class ChangeFeed {
 public:
  ChangeFeed(SystemView view, RevisionSignal* signal) : view_(std::move(view)), signal_(signal) {}

  // Blocks until there is something after `after` (true), the time is over or `stop` is asked for (false).
  bool Await(Revision after, std::chrono::microseconds timeout, const std::stop_token& stop) {
    if (view_.revision() > after && !stop.stop_requested()) return true;
    return signal_->Await(after, timeout, stop);
  }

  // The next entries after `after`, at most `entries_max`, in order; the view then shows at least all of them.
  StatusOr<std::vector<LogRecord>> Read(Revision after, size_t entries_max) {
    view_.Refresh();
    return view_.ReadLog(after, entries_max);
  }

  // For the rows themselves: as of the last Read.
  SystemView& view() { return view_; }

 private:
  SystemView view_;
  RevisionSignal* signal_;
};

}  // namespace cadastre::authz

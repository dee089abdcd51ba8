// Events one after another, and what became of them when they were pushed.
//
// Owner: the command. Thread rule: confined.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cadastre::cli {

// Lines of NDJSON; empty ones are passed over.
class EventSource {
 public:
  // `in` outlives it.
  explicit EventSource(std::istream& in) : in_(in) {}

  // nullopt at the end.
  std::optional<std::string> Next() {
    std::string line;
    while (std::getline(in_, line)) {
      ++lines_;
      bytes_ += line.size() + 1;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      line_of_.push_back(lines_);
      return line;
    }
    return std::nullopt;
  }

  uint64_t bytes() const { return bytes_; }
  // The line in the input of event `number`, which counts from 1.
  uint64_t LineOf(int64_t number) const {
    return number >= 1 && static_cast<size_t>(number) <= line_of_.size() ? line_of_[static_cast<size_t>(number) - 1]
                                                                         : 0;
  }

 private:
  std::istream& in_;
  uint64_t lines_ = 0;
  uint64_t bytes_ = 0;
  std::vector<uint64_t> line_of_;
};

struct Refused {
  // Counts from 1.
  int64_t event = 0;
  std::string field, reason;
};

struct PushTotals {
  // Durable or rejected.
  int64_t acknowledged = 0;
  int64_t rejected = 0;
  int64_t out_of_scope = 0;
  // How often a cut stream was taken up again.
  int64_t resumed = 0;
  std::map<std::string, int64_t> warnings;
  // The first kRefusedKept.
  std::vector<Refused> refused;
  std::string revision;

  static constexpr size_t kRefusedKept = 100;
  int64_t accepted() const { return acknowledged - rejected; }
};

// Called now and then while events are pushed.
using PushProgress = std::function<void(const PushTotals&)>;

}  // namespace cadastre::cli

#include "cli/push_batches.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/status.h"
#include "client/http_caller.h"

namespace cadastre::cli {
namespace {

constexpr size_t kBatchEventsMax = 500;
constexpr size_t kBatchBytesMax = size_t{4} << 20;
constexpr int kAttemptsMax = 10;
constexpr int kPauseSecondsMax = 30;

using google::protobuf::Struct;
using google::protobuf::Value;

const Value& Member(const Struct& object, const char* name) {
  static const Value kNone;
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? kNone : found->second;
}

int64_t Number(const Struct& object, const char* name) {
  return static_cast<int64_t>(Member(object, name).number_value());
}

bool IsOverload(int status) { return status == 429 || status == 503; }

}  // namespace

absl::Status PushBatches::Push(EventSource& source, const PushProgress& progress) {
  std::vector<std::string> batch;
  size_t bytes = 0;
  for (bool more = true; more;) {
    std::optional<std::string> event = source.Next();
    more = event.has_value();
    if (more) {
      bytes += event->size();
      batch.push_back(*std::move(event));
      if (batch.size() < kBatchEventsMax && bytes < kBatchBytesMax) continue;
    }
    if (!batch.empty()) RETURN_IF_ERROR(Send(batch, 0, batch.size()));
    progress(totals_);
    batch.clear();
    bytes = 0;
  }
  return absl::OkStatus();
}

absl::Status PushBatches::Send(const std::vector<std::string>& events, size_t from, size_t to) {
  std::string body = "[";
  for (size_t i = from; i < to; ++i) body += base::Cat(i == from ? "" : ",\n", events[i]);
  body += "]";
  // A single event goes as itself, so that what is wrong with it is told of it and not of the array.
  if (to - from == 1) body = events[from];
  absl::StatusOr<Caller::Answer> answer;
  for (int attempt = 1;; ++attempt) {
    answer = caller_.PostJson("/api/v1/lineage/batch", body);
    if (!answer.ok()) return answer.status();
    if (!IsOverload(answer->status) || attempt == kAttemptsMax) break;
    std::this_thread::sleep_for(std::chrono::seconds(std::clamp(answer->retry_after_seconds, 1, kPauseSecondsMax)));
    ++totals_.resumed;
  }
  const bool told =
      answer->status == 201 || (answer->status == 400 && answer->body.find("\"received\"") != std::string::npos);
  if (told) return TakeAnswer(*answer, to - from);
  if (answer->status != 400 && answer->status != 413) return StatusOfAnswer(*answer);
  if (to - from == 1) {
    ++totals_.acknowledged;
    ++totals_.rejected;
    if (totals_.refused.size() < PushTotals::kRefusedKept) {
      totals_.refused.push_back({totals_.acknowledged, "", std::string(base::MessageOf(StatusOfAnswer(*answer)))});
    }
    return absl::OkStatus();
  }
  // A line whose brackets do not close spoils the array for its neighbours: halve until it stands alone.
  const size_t middle = from + (to - from) / 2;
  RETURN_IF_ERROR(Send(events, from, middle));
  return Send(events, middle, to);
}

absl::Status PushBatches::TakeAnswer(const Caller::Answer& answer, size_t count) {
  Struct told;
  if (!google::protobuf::util::JsonStringToMessage(answer.body, &told).ok()) {
    return base::Internal("the server's answer to a batch is not JSON");
  }
  for (const Value& one : Member(told, "rejected").list_value().values()) {
    if (totals_.refused.size() >= PushTotals::kRefusedKept) break;
    const Struct& rejected = one.struct_value();
    totals_.refused.push_back({totals_.acknowledged + Number(rejected, "index") + 1,
                               Member(rejected, "field").string_value(), Member(rejected, "reason").string_value()});
  }
  const auto total = static_cast<int64_t>(count);
  totals_.acknowledged += total;
  totals_.rejected += total - std::clamp<int64_t>(Number(told, "accepted"), 0, total);
  for (const auto& [cause, times] : Member(told, "warnings").struct_value().fields()) {
    totals_.warnings[cause] += static_cast<int64_t>(times.number_value());
  }
  totals_.out_of_scope += Number(told, "out_of_scope");
  if (const std::string& revision = Member(told, "revision").string_value(); !revision.empty())
    totals_.revision = revision;
  return absl::OkStatus();
}

}  // namespace cadastre::cli

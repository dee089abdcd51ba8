#include "server/http/openlineage_door.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "ingestors/openlineage/batch.h"
#include "server/http/connect.h"
#include "server/http/endpoints.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {
namespace {

// Events of one body under way at once: enough to share a sync, few enough to leave the queue to others.
constexpr size_t kUnderWayMax = 64;
constexpr size_t kRejectionsShownMax = 1000;

const authz::Operation* EndpointOf(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  if (path == "/api/v1/lineage") return &kLineageEndpoint;
  if (path == "/api/v1/lineage/batch") return &kLineageBatchEndpoint;
  return nullptr;
}

// One body: its events, and what became of them.
class Intake : public std::enable_shared_from_this<Intake> {
 public:
  struct Parts {
    IngestService* service;
    authz::Front* front;
    std::shared_ptr<Budget::Share> requests;
  };
  Intake(Parts parts, authz::Call call, std::string body, HttpReply reply)
      : parts_(std::move(parts)), call_(std::move(call)), body_(std::move(body)), reply_(std::move(reply)) {}

  void Run(const openlineage::Limits& limits) {
    StatusOr<std::vector<std::string_view>> events = openlineage::SplitBatch(body_, limits);
    if (events.ok() && events->empty()) events = base::InvalidField("body", "at least one event");
    // Through the front all the same: who has no token learns nothing else, and the refusal is audited.
    if (!events.ok()) {
      return parts_.service->Refuse(call_, events.status(), [self = shared_from_this()](const Status& status) {
        self->reply_(ErrorResponse(status, self->call_.request_id));
      });
    }
    {
      base::MutexLock lock(mutex_);
      events_ = *std::move(events);
      open_ = events_.size();
    }
    // However many of the events are refused, that is one leaf for each cause; each that is taken has that of its
    // commit.
    call_.tally = std::make_shared<authz::RefusalTally>();
    for (size_t i = 0; i < kUnderWayMax; ++i) {
      // The request's own place is the first event's; of more there are as many as the sender's share has.
      if (i > 0 && parts_.requests != nullptr && !parts_.requests->Grow(1).ok()) return;
      if (!StartNext()) return;
    }
  }

 private:
  struct Rejected {
    size_t index;
    std::string field;
    std::string reason;
  };

  struct Place {
    size_t index;
    openlineage::Warning warning;
  };

  // Starts one more event, or answers when none is left. False where nothing was started.
  bool StartNext() EXCLUDES(mutex_) {
    size_t index = 0;
    std::string_view event;
    bool last = false;
    {
      base::MutexLock lock(mutex_);
      // After a failure that repeating may heal, the whole is repeated: the rest need not be tried.
      while (next_ < events_.size() && !failure_.ok()) {
        ++next_;
        --open_;
      }
      if (next_ < events_.size()) {
        index = next_++;
        event = events_[index];
      } else if (open_ > 0 || answered_) {
        return false;
      } else {
        last = answered_ = true;
      }
    }
    // An empty body is one empty event, which is refused like any other.
    if (last) {
      Answer();
      return false;
    }
    parts_.service->Ingest(
        call_, std::make_shared<const std::string>(event), StreamPlace(),
        [self = shared_from_this(), index](StatusOr<IngestOutcome> outcome) { self->End(index, std::move(outcome)); });
    return true;
  }

  void End(size_t index, StatusOr<IngestOutcome> outcome) EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      --open_;
      if (outcome.ok()) {
        ++accepted_;
        for (const auto& [cause, count] : outcome->warnings) warnings_[cause] += count;
        for (openlineage::Warning& place : outcome->places) {
          if (places_.size() < IngestOutcome::kPlacesMax) places_.push_back({index, std::move(place)});
        }
        out_of_scope_ += outcome->out_of_scope;
        revision_ = outcome->revision;
      } else if (absl::IsInvalidArgument(outcome.status()) || absl::IsPermissionDenied(outcome.status())) {
        refused_ = outcome.status();
        rejected_.push_back(
            {index, base::FieldOf(outcome.status()).value_or(""), std::string(base::MessageOf(outcome.status()))});
      } else {
        failure_ = outcome.status();
      }
    }
    StartNext();
  }

  void Answer() EXCLUDES(mutex_) {
    HttpResponse response;
    {
      base::MutexLock lock(mutex_);
      if (!failure_.ok()) {
        response = ErrorResponse(failure_, call_.request_id);
      } else if (accepted_ == 0 && absl::IsPermissionDenied(refused_)) {
        response = ErrorResponse(refused_, call_.request_id);
      } else {
        response.status = accepted_ > 0 ? 201 : 400;
        response.code = accepted_ > 0 ? absl::StatusCode::kOk : absl::StatusCode::kInvalidArgument;
        response.headers = {{"Content-Type", "application/json"}};
        response.body = Body();
      }
    }
    parts_.front->RecordRefusals(call_, [self = shared_from_this(), response](const Status& recorded) {
      self->reply_(recorded.ok() ? response : ErrorResponse(recorded, self->call_.request_id));
    });
  }

  std::string Body() REQUIRES(mutex_) {
    std::string out = base::Cat("{\"received\":", events_.size(), ",\"accepted\":", accepted_, ",\"rejected\":[");
    std::sort(rejected_.begin(), rejected_.end(),
              [](const Rejected& a, const Rejected& b) { return a.index < b.index; });
    for (size_t i = 0; i < std::min(rejected_.size(), kRejectionsShownMax); ++i) {
      const Rejected& one = rejected_[i];
      out += base::Cat(i == 0 ? "" : ",", "{\"index\":", one.index, ",\"field\":", JsonString(one.field),
                       ",\"reason\":", JsonString(one.reason), "}");
    }
    out += base::Cat("],\"warnings\":{");
    bool first = true;
    for (const auto& [cause, count] : warnings_) {
      out += base::Cat(first ? "" : ",", JsonString(cause), ":", count);
      first = false;
    }
    out += "},\"warning_places\":[";
    std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.index < b.index; });
    for (size_t i = 0; i < places_.size(); ++i) {
      out += base::Cat(i == 0 ? "" : ",", "{\"index\":", places_[i].index,
                       ",\"cause\":", JsonString(places_[i].warning.cause),
                       ",\"field\":", JsonString(places_[i].warning.field), "}");
    }
    out += base::Cat("],\"out_of_scope\":", out_of_scope_, ",\"revision\":", JsonString(revision_), "}");
    return out;
  }

  const Parts parts_;
  authz::Call call_;
  const std::string body_;
  const HttpReply reply_;

  base::Mutex mutex_;
  std::vector<std::string_view> events_ GUARDED_BY(mutex_);
  size_t next_ GUARDED_BY(mutex_) = 0;
  size_t open_ GUARDED_BY(mutex_) = 0;
  bool answered_ GUARDED_BY(mutex_) = false;
  int64_t accepted_ GUARDED_BY(mutex_) = 0;
  std::vector<Place> places_ GUARDED_BY(mutex_);
  int64_t out_of_scope_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, int64_t> warnings_ GUARDED_BY(mutex_);
  std::vector<Rejected> rejected_ GUARDED_BY(mutex_);
  std::string revision_ GUARDED_BY(mutex_);
  Status refused_ GUARDED_BY(mutex_);
  Status failure_ GUARDED_BY(mutex_);
};

}  // namespace

const authz::Operation* OpenLineageDoor::Find(const HttpRequest& request) { return EndpointOf(request.path); }

void OpenLineageDoor::Handle(HttpRequest request, HttpReply reply) const {
  struct Sent {
    HttpRequest request;
    HttpReply reply;
    authz::Call call;
  };
  authz::Call call = CallOf(request, Find(request));
  const std::string id = request.request_id;
  // Before anything of the body is unpacked, and one leaf whatever it holds.
  if (!front_->AdmitCaller(call, [id, reply](const Status& refused) { reply(ErrorResponse(refused, id)); })) return;
  auto sent = std::make_shared<Sent>(Sent{std::move(request), std::move(reply), std::move(call)});
  front_->Enqueue(
      sent->call, [this, sent] { Take(std::move(sent->call), sent->request, std::move(sent->reply)); },
      [sent](const Status& busy) { sent->reply(ErrorResponse(busy, sent->request.request_id)); });
}

void OpenLineageDoor::Take(authz::Call call, HttpRequest& request, HttpReply reply) const {
  Misfit misfit;
  StatusOr<std::string> body;
  if (request.method == "POST") {
    body = BodyOf(request, limits_.event_bytes_max, misfit);
  } else {
    misfit = WrongMethod("POST");
  }
  if (misfit.status.ok()) {
    const auto intake = std::make_shared<Intake>(Intake::Parts{service_, front_, request.requests}, std::move(call),
                                                 *std::move(body), std::move(reply));
    return intake->Run(limits_);
  }
  const std::string id = call.request_id;
  const Status refused = misfit.status;
  service_->Refuse(std::move(call), refused,
                   [id, misfit = std::move(misfit), reply = std::move(reply)](const Status& answer) {
                     reply(ErrorResponse(answer, misfit, id));
                   });
}

}  // namespace cadastre::server

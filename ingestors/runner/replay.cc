#include "ingestors/runner/replay.h"

#include <unistd.h>

#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

// What a recipe leaves out by now is not told any more, though it was read when it did not.
class AsCoveredNow final : public Sink {
 public:
  AsCoveredNow(Reconciler* to, const Source* source) : to_(to), source_(source) {}

  absl::Status Emit(const std::string& scope, v1::CrawledObject object) override {
    if (!source_->Covers(object.asset())) return absl::OkStatus();
    ++objects;
    return to_->Emit(scope, std::move(object));
  }
  void Fail(const std::string& scope, Unread object) override { to_->Fail(scope, std::move(object)); }
  void Complete(const std::string& scope) override { to_->Complete(scope); }
  void Partial(const std::string& scope, std::string_view reason) override { to_->Partial(scope, reason); }
  void Failed(const std::string& scope, std::string_view reason) override { to_->Failed(scope, reason); }

  int64_t objects = 0;

 private:
  Reconciler* to_;
  const Source* source_;
};

struct Waiting {
  std::string path;
  std::unique_ptr<SpoolBytes> file;
  SpoolHeader header;
};

// Those that may be told; the others are taken away.
std::vector<Waiting> WholeSpools(const SourcePlace& place, const SpoolHeader& expected,
                                 std::vector<RunReport::Replayed>& told) {
  std::vector<Waiting> whole;
  for (const std::string& path : place.Spools()) {
    const auto leave_out = [&](base::Timestamp held_at, std::string_view why) {
      unlink(path.c_str());
      RunReport::Replayed& one = told.emplace_back();
      one.held_at = held_at;
      one.told = why;
    };
    absl::StatusOr<std::unique_ptr<SpoolBytes>> file = SpoolBytes::Open(path);
    const absl::StatusOr<SpoolHeader> header = file.ok() ? CheckSpool((*file)->bytes()) : file.status();
    if (!header.ok()) {
      leave_out({}, base::MessageOf(header.status()));
      continue;
    }
    SpoolHeader bare = *header;
    bare.held_at = expected.held_at;
    if (bare != expected) {
      leave_out(header->held_at, "the recipe reads another source by now");
      continue;
    }
    whole.push_back({path, *std::move(file), *header});
  }
  return whole;
}

absl::Status Tell(const Waiting& spool, const Source& source, CrawlCalls& calls, const ReplaySettings& settings,
                  RunReport::Replayed& told) {
  ASSIGN_OR_RETURN(std::vector<ingest::v1::RememberedObject> remembered, calls.List());
  Reconciler reconciler(&source, &calls, settings.options_at(spool.header.held_at));
  reconciler.Remember(std::move(remembered));
  AsCoveredNow sink(&reconciler, &source);
  const absl::Status read =
      TellSpool(spool.file->bytes(), sink, [&](const catalog::v1::AssetRef& asset) { reconciler.Seen(asset); });
  const absl::Status settled = reconciler.Settle();
  RETURN_IF_ERROR(settled);
  RETURN_IF_ERROR(read);
  ingest::v1::FinishCrawlRequest request;
  // Nothing was looked for that is gone, and it is not now that everything was read.
  request.set_state(ingest::v1::CRAWL_STATE_PARTIAL);
  request.set_reason(base::Cat("read at ", base::FormatTime(spool.header.held_at),
                               ", when the catalog could not be reached, and told now"));
  FillScopes(reconciler.outcome(), request);
  RETURN_IF_ERROR(calls.Finish(std::move(request)));
  told.objects = sink.objects;
  if (const int64_t failed = reconciler.outcome().failed; failed > 0) told.told = base::Cat(failed, " objects failed");
  return absl::OkStatus();
}

}  // namespace

ReplayEnd SendSpools(const SourcePlace& place, const Source& source, CrawlCalls& calls, const ReplaySettings& settings,
                     std::vector<RunReport::Replayed>& told) {
  std::vector<Waiting> spools = WholeSpools(place, settings.header, told);
  for (size_t at = 0; at < spools.size(); ++at) {
    const int64_t before = place.last_crawl();
    if (absl::Status begun = settings.begin(calls); !begun.ok()) return {std::move(begun), false};
    absl::StatusOr<bool> newest = calls.OnlyBegunBy(settings.holder, before);
    if (!newest.ok() && EndsRun(newest.status())) return {newest.status(), true};
    if (!newest.ok() || !*newest) {
      for (; at < spools.size(); ++at) {
        unlink(spools[at].path.c_str());
        told.push_back({spools[at].header.held_at, false, 0, 0, "another crawl of the source began since"});
      }
      return {absl::OkStatus(), true};
    }
    RunReport::Replayed one;
    one.held_at = spools[at].header.held_at;
    one.crawl = calls.crawl();
    absl::Status status = Tell(spools[at], source, calls, settings, one);
    if (absl::IsCancelled(status)) {
      ingest::v1::FinishCrawlRequest stopped;
      stopped.set_state(ingest::v1::CRAWL_STATE_PARTIAL);
      stopped.set_reason(std::string(base::MessageOf(status)));
      calls.Finish(std::move(stopped)).IgnoreError();
    }
    if (EndsRun(status) || absl::IsCancelled(status)) return {std::move(status), true};
    // What the catalog will never take must not stand before every run to come.
    one.sent = status.ok();
    if (!status.ok()) one.told = base::MessageOf(status);
    unlink(spools[at].path.c_str());
    told.push_back(std::move(one));
  }
  return {absl::OkStatus(), false};
}

}  // namespace cadastre::ingest

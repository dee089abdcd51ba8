#include "server/services/crawl_service.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "catalog/crawl.h"
#include "catalog/crawl_memory.h"
#include "catalog/labels.h"
#include "catalog/upsert.h"
#include "server/rpc/method_rule.h"
#include "server/rpc/write.h"
#include "server/services/crawled_objects.h"
#include "server/wire/crawl_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = ingest::v1;

using authz::WriteSession;

constexpr size_t kHolderBytesMax = 256;
constexpr std::chrono::seconds kLeaseMin{10};
constexpr std::chrono::seconds kLeaseMax{3600};
constexpr std::chrono::seconds kLeaseDefault{120};
constexpr int kObjectsMax = 1'000;
constexpr size_t kToolBytesMax = 64;
// Who says of a source's job what it is.
constexpr std::string_view kSourceTool = "crawl";

// ABORTED is final to a crawl, so a write that lost too often to others says that it is worth repeating.
template <typename Response>
Done<Response> Repeatable(Done<Response> done) {
  return [done = std::move(done)](StatusOr<Response> answer) {
    if (absl::IsAborted(answer.status()) && !base::FieldOf(answer.status())) {
      return done(base::Unavailable("too many writes of the same assets at once; repeat this one"));
    }
    done(std::move(answer));
  };
}

StatusOr<std::chrono::microseconds> LeaseOf(bool stated, const google::protobuf::Duration& lease) {
  if (!stated) return std::chrono::microseconds(kLeaseDefault);
  const std::chrono::microseconds asked = DurationOf(lease);
  if (asked < kLeaseMin || asked > kLeaseMax) return base::InvalidField("lease", "10 s to 1 h");
  return asked;
}

Status CheckNumber(int64_t crawl) {
  return crawl > 0 ? absl::OkStatus() : base::InvalidField("crawl", "the number that BeginCrawl gave");
}

// A check alone needs no crawl.
Status CheckNumber(int64_t crawl, bool validate_only) {
  return crawl == 0 && validate_only ? absl::OkStatus() : CheckNumber(crawl);
}

Status CheckTool(const std::string& tool) {
  const bool fits = !tool.empty() && tool.size() <= kToolBytesMax && std::all_of(tool.begin(), tool.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  return fits ? absl::OkStatus() : base::InvalidField("tool", "1 to 64 bytes of a-z, 0-9, `-` and `_`");
}

StatusOr<catalog::SourcePermit> PermitSource(WriteSession& session, const cadastre::catalog::v1::AssetRef& ref) {
  ASSIGN_OR_RETURN(const AssetName name, SourceOf(ref));
  return session.PermitPush(name);
}

// The source's asset, once the crawl may write; of a check without a crawl, what there is of it.
StatusOr<std::optional<AssetId>> AdmitCrawl(WriteSession& session, const cadastre::catalog::v1::AssetRef& ref,
                                            int64_t crawl) {
  ASSIGN_OR_RETURN(const catalog::SourcePermit source, PermitSource(session, ref));
  if (crawl == 0) return session.FindName(source.asset());
  ASSIGN_OR_RETURN(const AssetId id, catalog::CheckCrawl(session, source, crawl));
  return std::optional<AssetId>(id);
}

Status StateJobType(WriteSession& session, catalog::SourcePermit source) {
  ASSIGN_OR_RETURN(catalog::Producer producer, catalog::InternProducer(session, kSourceTool, catalog::Rank::kCrawl));
  catalog::Upserter upserter(&session, std::move(producer));
  catalog::AspectWrite write;
  auto& type = *write.aspect.mutable_job_type();
  type.set_processing_type("BATCH");
  type.set_integration("CADASTRE_INGEST");
  type.set_job_type("CRAWL");
  RETURN_IF_ERROR(upserter.Upsert(std::move(source), std::move(write)).status());
  return upserter.Finish();
}

Status CheckRecord(const v1::RecordCrawledObjectsRequest& request) {
  RETURN_IF_ERROR(CheckNumber(request.crawl(), request.validate_only()));
  RETURN_IF_ERROR(CheckScope(request.scope(), "scope"));
  RETURN_IF_ERROR(CheckTool(request.tool()));
  const bool fits = request.objects_size() > 0 && request.objects_size() <= kObjectsMax;
  return fits ? absl::OkStatus() : base::InvalidField("objects", "1 to 1,000");
}

Status CheckMiss(const v1::MissCrawledObjectsRequest& request) {
  RETURN_IF_ERROR(CheckNumber(request.crawl(), request.validate_only()));
  RETURN_IF_ERROR(CheckScope(request.scope(), "scope"));
  RETURN_IF_ERROR(CheckTool(request.tool()));
  if (request.allow_missed() < 0) return base::InvalidField("allow_missed", "0 or more");
  const bool fits = request.assets_size() > 0 && request.assets_size() <= kObjectsMax;
  return fits ? absl::OkStatus() : base::InvalidField("assets", "1 to 1,000");
}

StatusOr<v1::MissCrawledObjectsResponse> Miss(WriteSession& session, const v1::MissCrawledObjectsRequest& asked) {
  // What somebody deleted here may be gone from its source too, and is listed until it is.
  session.ShowDeleted();
  ASSIGN_OR_RETURN(const std::optional<AssetId> source, AdmitCrawl(session, asked.source(), asked.crawl()));
  ASSIGN_OR_RETURN(const catalog::Producer producer,
                   catalog::InternProducer(session, asked.tool(), catalog::Rank::kCrawl));
  std::vector<catalog::ObjectPermit> objects;
  for (int i = 0; i < asked.assets_size(); ++i) {
    const std::string field = base::Cat("assets[", i, "]");
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.assets(i), field));
    auto permit = session.PermitPush(name);
    if (!permit.ok()) {
      return base::FieldStatus(permit.status().code(), field, base::MessageOf(permit.status()));
    }
    objects.push_back(*std::move(permit));
  }
  catalog::CrawlMemory memory(&session, source, asked.crawl());
  ASSIGN_OR_RETURN(const catalog::Missed missed,
                   memory.Miss(std::move(objects), asked.scope(), asked.allow_missed(), producer));
  v1::MissCrawledObjectsResponse response;
  response.set_missed(missed.missed);
  response.set_dropped(missed.dropped);
  return response;
}

bool MayShowCrawl(const WriteSession& session, const v1::FinishCrawlRequest& request) {
  const StatusOr<AssetName> name = SourceOf(request.source());
  const std::optional<AssetId> source = name.ok() ? session.FindName(*name) : std::nullopt;
  return source && session.May(authz::Privilege::kReadOperations, *source);
}

}  // namespace

void CrawlService::BeginCrawl(authz::Call call, v1::BeginCrawlRequest request, Done<v1::BeginCrawlResponse> done) {
  const StatusOr<std::chrono::microseconds> lease = LeaseOf(request.has_lease(), request.lease());
  Status wrong = SourceOf(request.source()).status();
  if (request.holder().size() > kHolderBytesMax) wrong.Update(base::InvalidField("holder", "at most 256 bytes"));
  wrong.Update(lease.status());
  const auto handler = [context = context_, lease = lease.value_or(kLeaseDefault)](
                           WriteSession& session,
                           const v1::BeginCrawlRequest& asked) -> StatusOr<v1::BeginCrawlResponse> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    ASSIGN_OR_RETURN(catalog::SourcePermit source, PermitSource(session, asked.source()));
    ASSIGN_OR_RETURN(const catalog::CrawlLease begun, catalog::BeginCrawl(session, source, asked.holder(), lease));
    RETURN_IF_ERROR(StateJobType(session, std::move(source)));
    v1::BeginCrawlResponse response;
    response.set_crawl(begun.crawl);
    *response.mutable_lease_until() = StampOf(begun.until);
    return response;
  };
  ServeWrite(context_, std::move(call), std::move(request), {wrong}, handler, Repeatable(std::move(done)));
}

void CrawlService::RenewCrawl(authz::Call call, v1::RenewCrawlRequest request, Done<v1::RenewCrawlResponse> done) {
  const StatusOr<std::chrono::microseconds> lease = LeaseOf(request.has_lease(), request.lease());
  Status wrong = SourceOf(request.source()).status();
  wrong.Update(CheckNumber(request.crawl()));
  wrong.Update(lease.status());
  const auto handler = [lease = lease.value_or(kLeaseDefault)](
                           WriteSession& session,
                           const v1::RenewCrawlRequest& asked) -> StatusOr<v1::RenewCrawlResponse> {
    ASSIGN_OR_RETURN(const catalog::SourcePermit source, PermitSource(session, asked.source()));
    ASSIGN_OR_RETURN(const Timestamp until, catalog::RenewCrawl(session, source, asked.crawl(), lease));
    v1::RenewCrawlResponse response;
    *response.mutable_lease_until() = StampOf(until);
    return response;
  };
  ServeWrite(context_, std::move(call), std::move(request), {wrong}, handler, Repeatable(std::move(done)));
}

void CrawlService::RecordCrawledObjects(authz::Call call, v1::RecordCrawledObjectsRequest request,
                                        Done<v1::RecordCrawledObjectsResponse> done) {
  Status wrong = SourceOf(request.source()).status();
  wrong.Update(CheckRecord(request));
  if (request.has_held_at()) wrong.Update(TimestampOf(request.held_at(), "held_at").status());
  const auto handler = [context = context_](
                           WriteSession& session,
                           const v1::RecordCrawledObjectsRequest& asked) -> StatusOr<v1::RecordCrawledObjectsResponse> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    ASSIGN_OR_RETURN(const std::optional<AssetId> source, AdmitCrawl(session, asked.source(), asked.crawl()));
    return RecordObjects(session, asked, source);
  };
  ServeWrite(context_, std::move(call), std::move(request), {wrong}, handler, Repeatable(std::move(done)));
}

void CrawlService::MissCrawledObjects(authz::Call call, v1::MissCrawledObjectsRequest request,
                                      Done<v1::MissCrawledObjectsResponse> done) {
  Status wrong = SourceOf(request.source()).status();
  wrong.Update(CheckMiss(request));
  const auto handler = [context = context_](
                           WriteSession& session,
                           const v1::MissCrawledObjectsRequest& asked) -> StatusOr<v1::MissCrawledObjectsResponse> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    return Miss(session, asked);
  };
  ServeWrite(context_, std::move(call), std::move(request), {wrong}, handler, Repeatable(std::move(done)));
}

void CrawlService::FinishCrawl(authz::Call call, v1::FinishCrawlRequest request, Done<v1::FinishCrawlResponse> done) {
  Status wrong = SourceOf(request.source()).status();
  wrong.Update(CheckNumber(request.crawl()));
  StatusOr<catalog::CrawlReport> report = ReportOf(request);
  wrong.Update(report.status());
  const auto handler = [report = std::move(report)](
                           WriteSession& session,
                           const v1::FinishCrawlRequest& asked) -> StatusOr<v1::FinishCrawlResponse> {
    ASSIGN_OR_RETURN(const catalog::SourcePermit source, PermitSource(session, asked.source()));
    RETURN_IF_ERROR(catalog::FinishCrawl(session, source, asked.crawl(), *report));
    return v1::FinishCrawlResponse();
  };
  WriteRule<v1::FinishCrawlRequest, v1::FinishCrawlResponse> rule = {wrong};
  rule.shown_as = &OperationTaking(*v1::GetCrawlRequest::descriptor());
  rule.may_show = MayShowCrawl;
  rule.show = [clock = &context_.guard->clock()](authz::GovernedView& view, const v1::FinishCrawlRequest& asked,
                                                 v1::FinishCrawlResponse& response) -> Status {
    ASSIGN_OR_RETURN(const AssetName name, SourceOf(asked.source()));
    ASSIGN_OR_RETURN(const AssetId source, view.ResolveExact(name));
    ASSIGN_OR_RETURN(const auto crawl, catalog::FindCrawl(view, source, asked.crawl()));
    if (!crawl) return base::NotFound("there is no such crawl");
    *response.mutable_crawl() = ToProto(*crawl, clock->Now());
    return absl::OkStatus();
  };
  ServeWrite(context_, std::move(call), std::move(request), std::move(rule), handler, Repeatable(std::move(done)));
}

}  // namespace cadastre::server

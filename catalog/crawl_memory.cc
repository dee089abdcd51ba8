#include "catalog/crawl_memory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/status.h"
#include "catalog/crawl_tables.h"
#include "catalog/tables.h"
#include "catalog/upsert.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;
using authz::RowPermit;

constexpr int64_t kShareMissedMax = 5;  // a fifth
constexpr char kDropped[] = "DROP";

AspectWrite DropAt(Timestamp at) {
  AspectWrite drop;
  drop.aspect.mutable_lifecycle_change()->set_change(kDropped);
  drop.held = at;
  return drop;
}

}  // namespace

StatusOr<std::optional<CrawlMemory::Remembered>> CrawlMemory::Find(AssetId asset) {
  std::optional<Remembered> found;
  if (!source_) return found;
  ASSIGN_OR_RETURN(auto place, session_.Find(kCrawledPlaces, CrawledPlaceKey(*source_, asset)));
  if (!place) return found;
  std::string scope = std::move(*place->record.mutable_scope());
  ASSIGN_OR_RETURN(auto row, session_.Find(kCrawledObjects, CrawledObjectKey(*source_, scope, asset)));
  if (!row) return base::DataLoss("an object that is not where it is said to be");
  return std::make_optional(Remembered{std::move(scope), std::move(row->record)});
}

void CrawlMemory::Forget(const RowPermit& permit, AssetId asset, std::string_view scope) {
  session_.Remove(permit, kCrawledObjects, CrawledObjectKey(*source_, scope, asset));
  session_.Remove(permit, kCrawledPlaces, CrawledPlaceKey(*source_, asset));
}

StatusOr<bool> CrawlMemory::IsRecorded(AssetId asset) {
  ASSIGN_OR_RETURN(const auto known, Find(asset));
  return known && known->row.recorded() == crawl_;
}

Status CrawlMemory::Remember(const ObjectPermit& object, std::string_view scope, const SeenObject& seen) {
  if (!source_) return absl::OkStatus();
  const RowPermit permit(object);
  ASSIGN_OR_RETURN(const AssetId asset, session_.AssetOf(object));
  ASSIGN_OR_RETURN(const auto known, Find(asset));
  record::CrawledObject row;
  row.set_first(known ? known->row.first() : crawl_);
  if (seen.renamed_from && *seen.renamed_from != asset) {
    ASSIGN_OR_RETURN(const auto before, Find(*seen.renamed_from));
    // What this crawl saw itself under the earlier name is another object by now.
    if (before && before->row.recorded() != crawl_) {
      row.set_first(std::min(row.first(), before->row.first()));
      Forget(permit, *seen.renamed_from, before->scope);
    }
  }
  row.set_source_id(seen.source_id);
  row.set_digest(seen.digest);
  row.set_recorded(crawl_);
  if (known && known->scope != scope) Forget(permit, asset, known->scope);
  session_.Put(permit, kCrawledObjects, CrawledObjectKey(*source_, scope, asset), row);
  record::CrawledPlace place;
  place.set_scope(std::string(scope));
  session_.Put(permit, kCrawledPlaces, CrawledPlaceKey(*source_, asset), place);
  return absl::OkStatus();
}

bool CrawlMemory::Sees(AssetId asset) const { return session_.May(Privilege::kBrowse, asset); }

StatusOr<std::optional<record::CrawledObject>> CrawlMemory::FindMissable(AssetId asset, std::string_view scope) {
  std::optional<record::CrawledObject> none;
  if (!source_ || !Sees(*source_) || !Sees(asset)) return none;
  ASSIGN_OR_RETURN(auto known, Find(asset));
  if (!known || known->scope != scope) return none;
  const bool said = crawl_ != 0 && (known->row.recorded() == crawl_ || known->row.missed_by() == crawl_);
  return said ? none : std::make_optional(std::move(known->row));
}

StatusOr<Missed> CrawlMemory::Miss(std::vector<ObjectPermit> objects, std::string_view scope, int64_t allow,
                                   const Producer& producer) {
  struct Missing {
    ObjectPermit permit;
    AssetId asset;
    record::CrawledObject row;
  };
  std::vector<Missing> missing;
  std::set<AssetId> met;
  for (ObjectPermit& object : objects) {
    const std::optional<AssetId> asset = session_.FindName(object.asset());
    if (!asset || !met.insert(*asset).second) continue;
    session_.shown().Note(*asset);
    ASSIGN_OR_RETURN(auto row, FindMissable(*asset, scope));
    if (row) missing.push_back({std::move(object), *asset, *std::move(row)});
  }
  Missed counted;
  if (missing.empty()) return counted;
  RETURN_IF_ERROR(CountMisses(RowPermit(missing.front().permit), scope, static_cast<int64_t>(missing.size()), allow));
  Upserter upserter(&session_, producer);
  for (Missing& one : missing) {
    const RowPermit permit(one.permit);
    if (one.row.missed_by() == 0) {
      ++counted.missed;
      one.row.set_missed_by(crawl_);
      session_.Put(permit, kCrawledObjects, CrawledObjectKey(*source_, scope, one.asset), one.row);
      continue;
    }
    ++counted.dropped;
    Forget(permit, one.asset, scope);
    RETURN_IF_ERROR(upserter.Upsert(std::move(one.permit), DropAt(session_.now())).status());
  }
  RETURN_IF_ERROR(upserter.Finish());
  return counted;
}

Status CrawlMemory::CountMisses(const RowPermit& permit, std::string_view scope, int64_t more, int64_t allow) {
  const std::string key = CrawlMissesKey(*source_, scope);
  ASSIGN_OR_RETURN(const auto row, session_.Find(kCrawlMisses, key));
  record::CrawlMisses misses;
  if (row && crawl_ != 0 && row->record.crawl() == crawl_) {
    misses = row->record;
  } else {
    misses.set_crawl(crawl_);
    ASSIGN_OR_RETURN(const int64_t before, CountBefore(scope));
    misses.set_before(before);
  }
  misses.set_missed(misses.missed() + more);
  const int64_t most = std::max({misses.before() / kShareMissedMax, int64_t{1}, allow});
  if (misses.missed() > most) {
    return base::FieldStatus(
        absl::StatusCode::kFailedPrecondition, "allow_missed",
        base::Cat("this crawl would miss ", misses.missed(), " of the ", misses.before(),
                  " objects of the scope, which is more than a fifth; ", misses.missed(), " takes them"));
  }
  session_.Put(permit, kCrawlMisses, key, misses);
  return absl::OkStatus();
}

// Counted once a crawl and scope, and only where something is missed.
StatusOr<int64_t> CrawlMemory::CountBefore(std::string_view scope) {
  int64_t before = 0;
  Status damage;
  RETURN_IF_ERROR(session_.Scan<record::CrawledObject>(
      kCrawledObjects, CrawledScopePrefix(*source_, scope), [&](const authz::RowOf<record::CrawledObject>& row) {
        const auto parts = ParseCrawledObjectKey(row.key);
        if (!parts.ok()) {
          damage = parts.status();
          return false;
        }
        if ((crawl_ == 0 || row.record.first() < crawl_) && Sees(parts->asset)) ++before;
        return true;
      }));
  RETURN_IF_ERROR(damage);
  return before;
}

StatusOr<std::optional<Timestamp>> FindDrop(authz::WriteSession& session, const Producer& producer, AssetId asset) {
  const AspectKey key{asset, ColumnId(), v1::Aspect::kLifecycleChange, producer.number};
  ASSIGN_OR_RETURN(const auto row, session.Find(kAspects, EncodeAspectKey(key)));
  const bool dropped = row && row->record.aspect().lifecycle_change().change() == kDropped;
  return dropped ? std::make_optional(row->held) : std::optional<Timestamp>();
}

}  // namespace cadastre::catalog

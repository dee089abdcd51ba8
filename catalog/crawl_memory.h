// What a source was last seen to have: objects remembered by source and scope, counted when they are missed, and
// dropped the second time.
//
// Made per session for a crawl that CheckCrawl let write; thread rule: confined. Repeating a call in the same crawl
// changes nothing.
// Errors: FAILED_PRECONDITION that names `allow_missed`; those of WriteSession and Upserter.
// Of what the viewer may not browse (the job or the object) Miss says nothing and counts nothing: he learns of such
// objects no more by missing them than by asking for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/write/permit.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/crawl.pb.h"
#include "catalog/producer.h"

namespace cadastre::catalog {

using ObjectPermit = authz::Permit<authz::Privilege::kPush>;

// As the source has it.
struct SeenObject {
  std::string source_id;
  std::string digest;
  // An object of the source that is this one under its earlier name, and is no other now.
  std::optional<AssetId> renamed_from;
};

struct Missed {
  int64_t missed = 0;   // for the first time
  int64_t dropped = 0;  // for the second
};

class CrawlMemory {
 public:
  // `crawl` 0: of no crawl, for a check that writes nothing; `source` may then be absent.
  CrawlMemory(authz::WriteSession* session, std::optional<AssetId> source, int64_t crawl)
      : session_(*session), source_(source), crawl_(crawl) {}

  // In place of what was remembered, in whichever scope.
  Status Remember(const ObjectPermit& object, std::string_view scope, const SeenObject& seen);

  // Whether this crawl recorded the asset already.
  StatusOr<bool> IsRecorded(AssetId asset);

  // One missed for the second time is said by `producer` to be dropped, and forgotten. At most a fifth of the scope,
  // but always one, or `allow` where that is more, over all calls of the crawl.
  StatusOr<Missed> Miss(std::vector<ObjectPermit> objects, std::string_view scope, int64_t allow,
                        const Producer& producer);

 private:
  struct Remembered {
    std::string scope;
    record::CrawledObject row;
  };
  StatusOr<std::optional<Remembered>> Find(AssetId asset);
  void Forget(const authz::RowPermit& permit, AssetId asset, std::string_view scope);
  bool Sees(AssetId asset) const;
  // Of an object that this crawl may miss in the scope.
  StatusOr<std::optional<record::CrawledObject>> FindMissable(AssetId asset, std::string_view scope);
  Status CountMisses(const authz::RowPermit& permit, std::string_view scope, int64_t more, int64_t allow);
  StatusOr<int64_t> CountBefore(std::string_view scope);

  authz::WriteSession& session_;
  std::optional<AssetId> source_;
  int64_t crawl_;
};

// When this producer's statement that the asset was dropped holds from; nullopt where none stands.
StatusOr<std::optional<Timestamp>> FindDrop(authz::WriteSession& session, const Producer& producer, AssetId asset);

}  // namespace cadastre::catalog

// Rooms: everything this server is but its doors and its engine: house, guard, followers, executor, services.
//
// Made by main (or a test) over one engine and clock, which outlive it. Start
// runs its background threads, Stop ends them in order; both once. Thread rule: safe.
// Errors of Open: those of House, MemoryGraph and search::Index.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "authz/change_feed.h"
#include "authz/front.h"
#include "authz/guard.h"
#include "authz/house.h"
#include "authz/revision_gate.h"
#include "base/executor.h"
#include "base/words.h"
#include "catalog/alias_index.h"
#include "lineage/memory_graph.h"
#include "search/index.h"
#include "server/config.h"
#include "server/rpc/method_table.h"
#include "server/rpc/services.h"

namespace cadastre::storage {
class Engine;
}

namespace cadastre::server {

class Rooms {
 public:
  static StatusOr<std::unique_ptr<Rooms>> Open(storage::Engine* engine, Clock* clock, const Config& config);
  ~Rooms();

  // Runs the committer, the followers and the housekeeping.
  void Start();
  // Waits for calls under way, writes what is queued, saves the followers' checkpoints.
  void Stop();

  // Empty when every follower has caught up with what was there at the start; else which has not.
  std::string NotReady() const;

  const Services& services() const { return services_; }
  authz::House& house() { return *house_; }
  authz::Guard& guard() { return *guard_; }
  authz::Front& front() { return *front_; }
  base::Executor& executor() { return *executor_; }
  search::Index& index() { return *index_; }

 private:
  explicit Rooms(const Config& config) : config_(config) {}
  void MakeServices();
  void FollowLineage(std::stop_token stop);
  Status CatchUpLineage(authz::ChangeFeed& feed, Revision& aliases_reached);
  void KeepHouse(std::stop_token stop);

  const Config config_;
  std::unique_ptr<authz::House> house_;
  std::unique_ptr<authz::Guard> guard_;
  std::unique_ptr<base::Executor> executor_;
  std::unique_ptr<base::Executor> logins_;
  std::unique_ptr<authz::Front> front_;

  lineage::MemoryGraph graph_;
  catalog::AliasIndex aliases_;
  authz::RevisionGate lineage_gate_;
  std::unique_ptr<search::Index> index_;
  Revision start_revision_;

  std::unique_ptr<CatalogService> catalog_;
  std::unique_ptr<RunService> runs_;
  std::unique_ptr<LineageService> lineage_;
  std::unique_ptr<SearchService> search_;
  std::unique_ptr<AuthzService> authz_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<IngestService> ingest_;
  std::unique_ptr<AdminService> admin_;
  Services services_{};

  std::jthread committer_thread_;
  std::vector<std::jthread> threads_;
};

}  // namespace cadastre::server
